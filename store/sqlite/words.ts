import type { SqliteDatabase } from '../../sqlite/open';

/**
 * The numbers that words stand as in views.db; a word that has none is given one. Before a batch's transaction: one that
 * the batch then does not use does no harm, and one that was rolled back would be held here and stand nowhere.
 */
export function wordNumbers(db: SqliteDatabase): (word: string) => number {
  const held = new Map<string, number>();
  const select = db.prepare('SELECT number FROM words WHERE word = ?');
  const insert = db.prepare('INSERT INTO words (word) VALUES (?)');
  return (word) => {
    let number = held.get(word);
    if (number === undefined) {
      const row = select.get([word]) as { number: number } | undefined;
      number = row?.number ?? Number(insert.run([word]).lastInsertRowid);
      held.set(word, number);
    }
    return number;
  };
}
