-- Schema 2: accounts by number, found by cells of time and place; what still has to be merged is kept, so that a stop loses nothing.
CREATE TABLE account_2 (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, document INTEGER NOT NULL REFERENCES document(id), local TEXT NOT NULL,
  known INTEGER NOT NULL, over INTEGER REFERENCES incident_over(id), size INTEGER NOT NULL, json BLOB NOT NULL,
  cells BLOB NOT NULL DEFAULT x'');
INSERT INTO account_2 (id, document, local, known, over, size, json)
  SELECT id, document, local, known, over, size, json FROM account ORDER BY known, id;
DROP TABLE account;
ALTER TABLE account_2 RENAME TO account;
CREATE UNIQUE INDEX account_report ON account (document, local);
CREATE INDEX account_over ON account (over) WHERE over IS NOT NULL;
CREATE TABLE account_cell (cell INTEGER NOT NULL, account INTEGER NOT NULL, PRIMARY KEY (cell, account)) WITHOUT ROWID;
CREATE TABLE account_fresh (known INTEGER NOT NULL, account INTEGER NOT NULL, PRIMARY KEY (known, account)) WITHOUT ROWID;
-- A merging that was cut off under schema 1 is made up for.
INSERT INTO account_fresh SELECT known, number FROM account WHERE over IS NULL;
-- What lies far ahead of its report: few, and found by this index where all else is found by walking back in time.
CREATE INDEX incident_ahead ON incident (day_start) WHERE day_start > known + 31;
