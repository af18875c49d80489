// Imported before anything that imports graphql, which reads this once, when it is loaded, and is several times slower without it.
process.env['NODE_ENV'] ??= 'production';
