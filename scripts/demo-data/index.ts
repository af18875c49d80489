export { departmentRows, departments, loadDemoData, type DemoOptions, type Target } from './load.ts';
export type { DepartmentName } from './table.ts';
