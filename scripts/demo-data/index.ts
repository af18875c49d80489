export { departmentRows, departments, loadDemoData, type DemoOptions, type Target } from './load.ts';
export type { Cell, DepartmentName, Row, Rows } from './table.ts';
