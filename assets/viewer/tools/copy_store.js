// Copies of projects in the browser's own database. Every function rejects where the browser forbids or lacks room for it.

const NAME = "mark";
const TABLE = "copies";

/** @typedef {{id: string, name: string, pages: number, time: number, file: Blob}} Copy time: milliseconds since 1970 */

/** @returns {Promise<IDBDatabase>} */
function open() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(TABLE, { keyPath: "id" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

/** @template T @param {IDBTransactionMode} mode @param {(table: IDBObjectStore) => IDBRequest<T>} act @returns {Promise<T>} */
async function inTable(mode, act) {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(TABLE, mode);
      const asked = act(transaction.objectStore(TABLE));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onabort = () => reject(transaction.error);
      transaction.onerror = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

/** Keeps a copy in place of an earlier one with its id. @param {Copy} copy */
export const keepCopy = (copy) => inTable("readwrite", (table) => table.put(copy));

/** All copies, the newest first. @returns {Promise<Copy[]>} */
export const keptCopies = async () =>
  (await inTable("readonly", (table) => table.getAll())).sort((one, other) => other.time - one.time);

/** @param {string} id */
export const deleteCopy = (id) => inTable("readwrite", (table) => table.delete(id));

export const deleteCopies = () => inTable("readwrite", (table) => table.clear());
