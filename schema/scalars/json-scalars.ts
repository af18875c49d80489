import { GraphQLError, GraphQLScalarType, valueFromASTUntyped } from 'graphql';
import type { Canonical } from '../model/canonical.ts';

/** Any JSON. Numbers are doubles, as JSON's are. */
export function createJsonScalar(): GraphQLScalarType<Canonical, Canonical> {
  return createDocumentScalar('JSON', 'JSON data of any form.', 'https://www.rfc-editor.org/rfc/rfc8259', () => true);
}

/** Geometries, features and collections of them; coordinates are finite numbers. */
export function createGeoJsonScalar(): GraphQLScalarType<Canonical, Canonical> {
  return createDocumentScalar('GeoJSON', '地理数据 A GeoJSON object.', 'https://www.rfc-editor.org/rfc/rfc7946', isGeoJson);
}

function createDocumentScalar(
  name: string,
  description: string,
  specifiedByURL: string,
  accepts: (value: unknown) => boolean,
): GraphQLScalarType<Canonical, Canonical> {
  const check = (value: unknown): Canonical => {
    if (!accepts(value)) throw new GraphQLError(`${name} is an object such as { "type": "Point", "coordinates": [120.6, 31.3] }`);
    return value as Canonical;
  };
  return new GraphQLScalarType<Canonical, Canonical>({
    name,
    description,
    specifiedByURL,
    parseValue: check,
    parseLiteral: (node, variables) => check(valueFromASTUntyped(node, variables)),
    serialize: (value) => value as Canonical,
  });
}

/** Depth of the `coordinates` of each geometry. */
const DEPTHS: Readonly<Record<string, number>> = { Point: 1, MultiPoint: 2, LineString: 2, MultiLineString: 3, Polygon: 3, MultiPolygon: 4 };

function isGeoJson(value: unknown): boolean {
  if (!isRecord(value) || typeof value['type'] !== 'string') return false;
  if (value['type'] === 'FeatureCollection')
    return Array.isArray(value['features']) && value['features'].every((feature) => isRecord(feature) && feature['type'] === 'Feature' && isGeoJson(feature));
  if (value['type'] === 'Feature') return value['geometry'] === null || isGeometry(value['geometry']);
  return isGeometry(value);
}

function isGeometry(value: unknown): boolean {
  if (!isRecord(value) || typeof value['type'] !== 'string') return false;
  // A collection inside a collection is not wanted by the standard, and would let depth grow.
  if (value['type'] === 'GeometryCollection')
    return (
      Array.isArray(value['geometries']) && value['geometries'].every((part) => isRecord(part) && part['type'] !== 'GeometryCollection' && isGeometry(part))
    );
  const depth = Object.hasOwn(DEPTHS, value['type']) ? DEPTHS[value['type']] : undefined;
  return depth !== undefined && areCoordinates(value['coordinates'], depth);
}

function areCoordinates(value: unknown, depth: number): boolean {
  if (!Array.isArray(value)) return false;
  return depth === 1
    ? value.length >= 2 && value.every((part) => typeof part === 'number' && Number.isFinite(part))
    : value.every((part) => areCoordinates(part, depth - 1));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
