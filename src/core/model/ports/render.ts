// Render: how pages and emails reach their templates without knowing which engine fills them.

/** Fills the template `name` (a path under views/, without extension) with `data`. */
export type Render = (name: string, data: object) => string;
