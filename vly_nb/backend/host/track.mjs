// What convex-test's database is taught: to know documents by table, and to tell what was written.

/** Know each table's documents, and tell of each commit. */
export function track(world, component, db) {
  const tables = new Map();
  db.tables = tables;
  const tableOf = world.inside.tableNameFromId;
  const storeFile = db.storeFile.bind(db);
  db.storeFile = (id, blob) => {
    storeFile(id, blob);
    void world.kept(id, blob);
  };
  db.know = (id, is) => {
    const table = tableOf(id);
    if (!tables.has(table)) tables.set(table, new Set());
    tables.get(table)[is ? "add" : "delete"](id);
  };
  db._iterateDocs = (table, callback) => {
    const ids = new Set(tables.get(table));
    for (const level of db._writes) {
      for (const id of Object.keys(level)) if (tableOf(id) === table) ids.add(id);
    }
    for (const id of ids) {
      const document = db.get(table, id);
      if (document !== null) callback(document);
    }
  };
  const commit = db.commit.bind(db);
  db.commit = (ts) => {
    const writes = db._writes.length === 1 ? Object.keys(db._writes[0]) : [];
    const before = writes.map((id) => db._documents[id] ?? null);
    commit(ts);
    if (writes.length === 0) return;
    for (const id of writes) db.know(id, db._documents[id] !== undefined);
    world.changed(
      writes.map((id, n) => ({
        component,
        id,
        table: tableOf(id),
        before: before[n],
        after: db._documents[id] ?? null,
      })),
    );
  };
}
