-- Schema 1 of the record. Every column is explained in docs/format.md; days count from 1970-01-01, moments are seconds since then (UTC).
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE pipeline (
  id INTEGER PRIMARY KEY, version TEXT NOT NULL, weights TEXT NOT NULL, options TEXT NOT NULL, digest BLOB NOT NULL UNIQUE);

CREATE TABLE outlet (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, grade TEXT NOT NULL DEFAULT 'F' CHECK (grade IN ('A','B','C','D','E','F')));

CREATE TABLE document (
  id INTEGER PRIMARY KEY CHECK (id BETWEEN 1 AND 67108863),
  sha256 BLOB NOT NULL UNIQUE CHECK (length(sha256) = 32),
  added INTEGER NOT NULL, known INTEGER NOT NULL, dated INTEGER NOT NULL,
  outlet INTEGER REFERENCES outlet(id), credibility INTEGER NOT NULL DEFAULT 6 CHECK (credibility BETWEEN 1 AND 6),
  title TEXT, language TEXT NOT NULL, published_start INTEGER, published_end INTEGER, url TEXT,
  reading INTEGER, cluster INTEGER, copy INTEGER NOT NULL DEFAULT 0, merged INTEGER NOT NULL DEFAULT 0);
CREATE INDEX document_unmerged ON document (id) WHERE merged = 0;
CREATE INDEX document_known ON document (known, id);
CREATE INDEX document_outlet ON document (outlet, known, id);
CREATE INDEX document_cluster ON document (cluster) WHERE cluster IS NOT NULL;

CREATE TABLE page (
  document INTEGER PRIMARY KEY REFERENCES document(id),
  form TEXT NOT NULL, size INTEGER NOT NULL, bytes BLOB NOT NULL,
  body_form TEXT, body_by TEXT, body_size INTEGER, body BLOB);

CREATE TABLE origin (
  document INTEGER NOT NULL REFERENCES document(id), origin TEXT NOT NULL,
  fetched INTEGER, http TEXT, told TEXT, added INTEGER NOT NULL,
  PRIMARY KEY (document, origin)) WITHOUT ROWID;
CREATE INDEX origin_name ON origin (origin);

CREATE TABLE article (
  id INTEGER PRIMARY KEY, document INTEGER NOT NULL REFERENCES document(id), digest BLOB NOT NULL,
  reading_id TEXT NOT NULL, title TEXT, byline TEXT NOT NULL, outlet TEXT,
  published_start INTEGER, published_end INTEGER, published_basis TEXT, updated INTEGER,
  language TEXT NOT NULL, url TEXT, size INTEGER NOT NULL, text BLOB,
  UNIQUE (document, digest));
CREATE INDEX article_reading_id ON article (reading_id);

CREATE TABLE reading (
  id INTEGER PRIMARY KEY, document INTEGER NOT NULL REFERENCES document(id), article INTEGER NOT NULL REFERENCES article(id),
  pipeline INTEGER NOT NULL REFERENCES pipeline(id), made INTEGER NOT NULL, size INTEGER NOT NULL, json BLOB NOT NULL,
  UNIQUE (document, pipeline));

CREATE VIRTUAL TABLE words USING fts5 (
  title, text, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2');

CREATE TABLE site (
  id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, geonames INTEGER, wof INTEGER, name TEXT NOT NULL,
  lat REAL, lon REAL, country TEXT, admin1 TEXT, precision TEXT NOT NULL, radius_km REAL);
CREATE INDEX site_country ON site (country, admin1);
CREATE INDEX site_geonames ON site (geonames);
CREATE INDEX site_name ON site (name COLLATE NOCASE);
CREATE VIRTUAL TABLE site_box USING rtree (id, south, north, west, east);

CREATE TABLE actor_over (
  id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, name TEXT NOT NULL, kind TEXT NOT NULL, country TEXT, sector TEXT,
  private INTEGER NOT NULL, state TEXT NOT NULL CHECK (state IN ('registry','new','accepted','rejected')),
  into_key TEXT, documents INTEGER NOT NULL DEFAULT 0);
CREATE INDEX actor_over_state ON actor_over (state, documents, id);
CREATE INDEX actor_over_documents ON actor_over (documents, id);
CREATE INDEX actor_over_into ON actor_over (into_key) WHERE into_key IS NOT NULL;
CREATE INDEX actor_over_name ON actor_over (name COLLATE NOCASE);

CREATE TABLE actor (
  id INTEGER PRIMARY KEY, document INTEGER NOT NULL REFERENCES document(id), local TEXT NOT NULL,
  over INTEGER NOT NULL REFERENCES actor_over(id), name TEXT NOT NULL, known INTEGER NOT NULL);
CREATE INDEX actor_document ON actor (document);
CREATE INDEX actor_by_over ON actor (over, known, document);

CREATE TABLE place (
  id INTEGER PRIMARY KEY, document INTEGER NOT NULL REFERENCES document(id), local TEXT NOT NULL,
  site INTEGER NOT NULL REFERENCES site(id), name TEXT NOT NULL, score REAL NOT NULL, known INTEGER NOT NULL);
CREATE INDEX place_document ON place (document);
CREATE INDEX place_site ON place (site, known, document);

CREATE TABLE event (
  id INTEGER PRIMARY KEY, document INTEGER NOT NULL REFERENCES document(id), local TEXT NOT NULL,
  category TEXT NOT NULL, mode TEXT, type TEXT, day_start INTEGER, day_end INTEGER,
  site INTEGER REFERENCES site(id), country TEXT, killed_low INTEGER, killed INTEGER, killed_high INTEGER, wounded INTEGER,
  realis TEXT NOT NULL, background INTEGER NOT NULL, score REAL NOT NULL, incident TEXT,
  known INTEGER NOT NULL, outlet INTEGER, corrected INTEGER NOT NULL);
CREATE INDEX event_document ON event (document);
CREATE INDEX event_known ON event (known, id);
CREATE INDEX event_day ON event (ifnull(day_start, -1000000), id);
CREATE INDEX event_site ON event (site, known);
CREATE INDEX event_country ON event (country, ifnull(day_start, -1000000), id);
CREATE INDEX event_category ON event (category, ifnull(day_start, -1000000), id);
CREATE INDEX event_type ON event (type, ifnull(day_start, -1000000), id) WHERE type IS NOT NULL;
CREATE INDEX event_killed ON event (ifnull(killed, -1), id);
CREATE INDEX event_score ON event (score, id);

CREATE TABLE event_actor (
  over INTEGER NOT NULL REFERENCES actor_over(id), event INTEGER NOT NULL REFERENCES event(id), role INTEGER NOT NULL,
  PRIMARY KEY (over, event, role)) WITHOUT ROWID;
CREATE INDEX event_actor_event ON event_actor (event);

CREATE TABLE incident (
  id INTEGER PRIMARY KEY, document INTEGER NOT NULL REFERENCES document(id), local TEXT NOT NULL,
  category TEXT, type TEXT, day_start INTEGER, day_end INTEGER,
  site INTEGER REFERENCES site(id), country TEXT, killed_low INTEGER, killed INTEGER, killed_high INTEGER, wounded INTEGER,
  realis TEXT NOT NULL, background INTEGER NOT NULL, score REAL NOT NULL, quote TEXT NOT NULL,
  known INTEGER NOT NULL, outlet INTEGER, corrected INTEGER NOT NULL, over INTEGER);
CREATE INDEX incident_document ON incident (document);
CREATE INDEX incident_over_reports ON incident (over) WHERE over IS NOT NULL;
CREATE INDEX incident_known ON incident (known, id);
CREATE INDEX incident_day ON incident (ifnull(day_start, -1000000), id);
CREATE INDEX incident_site ON incident (site, known);
CREATE INDEX incident_country ON incident (country, ifnull(day_start, -1000000), id);
CREATE INDEX incident_category ON incident (category, ifnull(day_start, -1000000), id);
CREATE INDEX incident_type ON incident (type, ifnull(day_start, -1000000), id);
CREATE INDEX incident_killed ON incident (ifnull(killed, -1), id);
CREATE INDEX incident_score ON incident (score, id);

CREATE TABLE incident_actor (
  over INTEGER NOT NULL REFERENCES actor_over(id), incident INTEGER NOT NULL REFERENCES incident(id), role INTEGER NOT NULL,
  claim TEXT, PRIMARY KEY (over, incident, role)) WITHOUT ROWID;
CREATE INDEX incident_actor_incident ON incident_actor (incident);

CREATE TABLE statement (
  id INTEGER PRIMARY KEY, document INTEGER NOT NULL REFERENCES document(id), local TEXT NOT NULL,
  kind TEXT NOT NULL, speaker INTEGER REFERENCES actor_over(id), author INTEGER NOT NULL, anonymous INTEGER NOT NULL,
  quoted INTEGER NOT NULL, polarity TEXT NOT NULL, certainty TEXT, certainty_low REAL, certainty_high REAL, scale TEXT,
  threat TEXT, score REAL NOT NULL, content TEXT NOT NULL, known INTEGER NOT NULL, outlet INTEGER, corrected INTEGER NOT NULL);
CREATE INDEX statement_document ON statement (document);
CREATE INDEX statement_known ON statement (known, id);
CREATE INDEX statement_kind ON statement (kind, known, id);
CREATE INDEX statement_speaker ON statement (speaker, known, id) WHERE speaker IS NOT NULL;
CREATE INDEX statement_score ON statement (score, id);

CREATE TABLE statement_about (
  over INTEGER NOT NULL REFERENCES actor_over(id), statement INTEGER NOT NULL REFERENCES statement(id),
  PRIMARY KEY (over, statement)) WITHOUT ROWID;
CREATE INDEX statement_about_statement ON statement_about (statement);

CREATE TABLE relation (
  id INTEGER PRIMARY KEY, document INTEGER NOT NULL REFERENCES document(id), local TEXT NOT NULL,
  kind TEXT NOT NULL, from_over INTEGER NOT NULL REFERENCES actor_over(id), to_over INTEGER NOT NULL REFERENCES actor_over(id),
  realis TEXT NOT NULL, since_start INTEGER, since_end INTEGER, until_start INTEGER, until_end INTEGER,
  score REAL NOT NULL, quote TEXT NOT NULL, known INTEGER NOT NULL, outlet INTEGER, corrected INTEGER NOT NULL);
CREATE INDEX relation_document ON relation (document);
CREATE INDEX relation_known ON relation (known, id);
CREATE INDEX relation_from ON relation (from_over, known);
CREATE INDEX relation_to ON relation (to_over, kind, known);

CREATE TABLE control (
  id INTEGER PRIMARY KEY, document INTEGER NOT NULL REFERENCES document(id), local TEXT NOT NULL,
  site INTEGER NOT NULL REFERENCES site(id), country TEXT, holder INTEGER NOT NULL REFERENCES actor_over(id), status TEXT NOT NULL,
  counterpart INTEGER REFERENCES actor_over(id), day_start INTEGER, day_end INTEGER, realis TEXT NOT NULL,
  score REAL NOT NULL, quote TEXT NOT NULL, known INTEGER NOT NULL, outlet INTEGER, corrected INTEGER NOT NULL);
CREATE INDEX control_document ON control (document);
CREATE INDEX control_known ON control (known, id);
CREATE INDEX control_day ON control (ifnull(day_start, -1000000), id);
CREATE INDEX control_site ON control (site, known);
CREATE INDEX control_country ON control (country, known);
CREATE INDEX control_holder ON control (holder, known);

CREATE TABLE cluster (id INTEGER PRIMARY KEY, representative INTEGER NOT NULL REFERENCES document(id), made INTEGER NOT NULL);
CREATE TABLE cluster_member (
  cluster INTEGER NOT NULL REFERENCES cluster(id), document INTEGER NOT NULL UNIQUE REFERENCES document(id),
  score REAL NOT NULL, why TEXT NOT NULL, PRIMARY KEY (cluster, document)) WITHOUT ROWID;
CREATE TABLE version_link (
  older INTEGER NOT NULL REFERENCES document(id), newer INTEGER NOT NULL REFERENCES document(id),
  kind TEXT NOT NULL, score REAL NOT NULL, why TEXT NOT NULL, made INTEGER NOT NULL,
  PRIMARY KEY (older, newer, kind)) WITHOUT ROWID;
CREATE INDEX version_link_newer ON version_link (newer);

CREATE TABLE incident_over (
  id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, size INTEGER NOT NULL, json BLOB NOT NULL,
  created INTEGER NOT NULL, changed INTEGER NOT NULL, into_key TEXT);
CREATE TABLE account (
  id TEXT PRIMARY KEY, document INTEGER NOT NULL REFERENCES document(id), local TEXT NOT NULL, known INTEGER NOT NULL,
  over INTEGER REFERENCES incident_over(id), size INTEGER NOT NULL, json BLOB NOT NULL) WITHOUT ROWID;
CREATE UNIQUE INDEX account_report ON account (document, local);
CREATE INDEX account_over ON account (over) WHERE over IS NOT NULL;
CREATE TABLE incident_over_join (
  over INTEGER NOT NULL REFERENCES incident_over(id), account TEXT NOT NULL, with_account TEXT NOT NULL,
  weight REAL NOT NULL, reasons TEXT NOT NULL, PRIMARY KEY (over, account, with_account)) WITHOUT ROWID;
CREATE TABLE incident_over_toll (
  over INTEGER NOT NULL REFERENCES incident_over(id), part TEXT NOT NULL, seq INTEGER NOT NULL, account TEXT NOT NULL,
  known INTEGER NOT NULL, outlet TEXT, low INTEGER, best INTEGER, high INTEGER, current INTEGER NOT NULL,
  PRIMARY KEY (over, part, seq)) WITHOUT ROWID;

CREATE TABLE correction (
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, document BLOB, author TEXT NOT NULL, moment INTEGER NOT NULL,
  reason TEXT NOT NULL, action TEXT NOT NULL);
CREATE INDEX correction_document ON correction (document) WHERE document IS NOT NULL;

CREATE TABLE forecast_issued (
  id TEXT PRIMARY KEY, question TEXT NOT NULL, issued INTEGER NOT NULL, as_of INTEGER NOT NULL, horizon_end INTEGER NOT NULL,
  forecaster TEXT NOT NULL, forecast TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE forecast_resolved (
  forecast TEXT PRIMARY KEY REFERENCES forecast_issued(id), resolved INTEGER NOT NULL, outcome TEXT NOT NULL, why TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE audit (
  seq INTEGER PRIMARY KEY, moment INTEGER NOT NULL, what TEXT NOT NULL, detail TEXT NOT NULL, hash BLOB NOT NULL CHECK (length(hash) = 32));
CREATE TRIGGER audit_keeps_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_keeps_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER correction_keeps_update BEFORE UPDATE ON correction BEGIN SELECT RAISE(ABORT, 'corrections are append-only'); END;
CREATE TRIGGER correction_keeps_delete BEFORE DELETE ON correction BEGIN SELECT RAISE(ABORT, 'corrections are append-only'); END;

CREATE VIEW incidents_readable AS
  SELECT lower(hex(d.sha256)) || '#' || i.local AS id, i.type, i.category, date(i.day_start * 86400, 'unixepoch') AS start,
    date(i.day_end * 86400, 'unixepoch') AS "end", s.name AS place, i.country, s.lat, s.lon, s.precision,
    i.killed_low, i.killed, i.killed_high, i.wounded, i.realis, i.score, o.name AS outlet, o.grade,
    date(i.known * 86400, 'unixepoch') AS known, i.quote
  FROM incident i JOIN document d ON d.id = i.document LEFT JOIN site s ON s.id = i.site LEFT JOIN outlet o ON o.id = i.outlet;
