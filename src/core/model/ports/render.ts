// Render: the interface to the templates, independent of the template engine.

/** Fills the template `name` (a path under views/, without extension) with `data`. */
export type Render = (name: string, data: object) => string;
