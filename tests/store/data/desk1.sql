BEGIN TRANSACTION;
CREATE TABLE desk_changes (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, proposal, run, name, at REAL NOT NULL
);
INSERT INTO "desk_changes" VALUES(1,'setting',NULL,NULL,'data_format_version',2460000.5);
INSERT INTO "desk_changes" VALUES(2,'setting',NULL,NULL,'db_id',2460000.5);
INSERT INTO "desk_changes" VALUES(3,'setting',NULL,NULL,'proposal',2460000.5);
INSERT INTO "desk_changes" VALUES(4,'run',1234,5,NULL,2460000.5);
INSERT INTO "desk_changes" VALUES(5,'variable',NULL,NULL,'energy',2460000.5);
INSERT INTO "desk_changes" VALUES(6,'variable',NULL,NULL,'energy',2460000.5);
INSERT INTO "desk_changes" VALUES(7,'value',1234,5,'energy',2460000.5);
INSERT INTO "desk_changes" VALUES(8,'job',1234,5,NULL,2460000.5);
CREATE TABLE desk_jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT, proposal INTEGER NOT NULL, run INTEGER NOT NULL,
    stage TEXT, variables TEXT, live INTEGER NOT NULL, asked_by TEXT NOT NULL, asked_at REAL NOT NULL,
    state TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
    started REAL, finished REAL, message TEXT NOT NULL DEFAULT ''
);
INSERT INTO "desk_jobs" VALUES(1,1234,5,'raw',NULL,1,'ann',1.0,'done',1,NULL,NULL,'');
CREATE TABLE desk_listeners (
    one INTEGER PRIMARY KEY CHECK (one = 1), host TEXT NOT NULL, pid INTEGER NOT NULL, user TEXT NOT NULL,
    socket TEXT NOT NULL, token TEXT NOT NULL, started REAL NOT NULL, heartbeat REAL NOT NULL
);
CREATE TABLE desk_parameters (name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL);
INSERT INTO "desk_parameters" VALUES('gain','2.5');
CREATE TABLE desk_provenance (
    proposal INTEGER NOT NULL, run INTEGER NOT NULL, name TEXT NOT NULL,
    started REAL NOT NULL, seconds REAL NOT NULL, memory INTEGER, outcome TEXT NOT NULL, line INTEGER,
    PRIMARY KEY (proposal, run, name)
);
INSERT INTO "desk_provenance" VALUES(1234,5,'energy',1.0,1.5,1000,'ok',NULL);
CREATE TABLE desk_run_data (
    proposal INTEGER NOT NULL, run INTEGER NOT NULL, stage TEXT NOT NULL, signature TEXT NOT NULL, seen REAL NOT NULL,
    PRIMARY KEY (proposal, run, stage)
);
INSERT INTO "desk_run_data" VALUES(1234,5,'raw','abc',1.0);
CREATE TABLE metameta (key PRIMARY KEY NOT NULL, value);
INSERT INTO "metameta" VALUES('data_format_version',4);
INSERT INTO "metameta" VALUES('db_id','abc');
INSERT INTO "metameta" VALUES('proposal',1234);
CREATE TABLE run_info (proposal, run, start_time, added_at);
INSERT INTO "run_info" VALUES(1234,5,1.5,2.5);
CREATE TABLE run_variables (
    proposal, run, name, version, value, timestamp, max_diff, provenance, summary_type, summary_method, attributes
);
INSERT INTO "run_variables" VALUES(1234,5,'energy',1,3.5,2.5,NULL,'context.py',NULL,'',NULL);
CREATE TABLE tags (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE NOT NULL);
INSERT INTO "tags" VALUES(1,'beam');
CREATE TABLE time_comments (timestamp, comment);
CREATE TABLE variable_tags (
    variable_name TEXT NOT NULL REFERENCES variables (name) ON DELETE CASCADE,
    tag_id INTEGER NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    PRIMARY KEY (variable_name, tag_id)
);
INSERT INTO "variable_tags" VALUES('energy',1);
CREATE TABLE variables (
    name TEXT PRIMARY KEY NOT NULL, type TEXT, title TEXT, description TEXT, attributes TEXT
);
INSERT INTO "variables" VALUES('energy',NULL,'Energy',NULL,NULL);
CREATE UNIQUE INDEX proposal_run ON run_info (proposal, run);
CREATE UNIQUE INDEX variable_version ON run_variables (proposal, run, name, version);
CREATE TRIGGER delete_orphan_tags_after_variable_tag_delete AFTER DELETE ON variable_tags
BEGIN
    DELETE FROM tags
    WHERE id = OLD.tag_id AND NOT EXISTS (SELECT 1 FROM variable_tags WHERE tag_id = OLD.tag_id);
END;
CREATE INDEX desk_jobs_state ON desk_jobs (state, live);
CREATE TRIGGER desk_feed_run_info_insert AFTER INSERT ON run_info 
BEGIN
    INSERT INTO desk_changes (kind, proposal, run, name, at) VALUES ('run', NEW.proposal, NEW.run, NULL, (julianday('now') - 2440587.5) * 86400.0);
END;
CREATE TRIGGER desk_feed_run_info_update AFTER UPDATE ON run_info 
BEGIN
    INSERT INTO desk_changes (kind, proposal, run, name, at) VALUES ('run', NEW.proposal, NEW.run, NULL, (julianday('now') - 2440587.5) * 86400.0);
END;
CREATE TRIGGER desk_feed_run_info_delete AFTER DELETE ON run_info 
BEGIN
    INSERT INTO desk_changes (kind, proposal, run, name, at) VALUES ('run', OLD.proposal, OLD.run, NULL, (julianday('now') - 2440587.5) * 86400.0);
END;
CREATE TRIGGER desk_feed_run_info_moved AFTER UPDATE OF proposal, run ON run_info WHEN OLD.proposal IS NOT NEW.proposal OR OLD.run IS NOT NEW.run
BEGIN
    INSERT INTO desk_changes (kind, proposal, run, name, at) VALUES ('run', OLD.proposal, OLD.run, NULL, (julianday('now') - 2440587.5) * 86400.0);
END;
CREATE TRIGGER desk_feed_run_variables_insert AFTER INSERT ON run_variables 
BEGIN
    INSERT INTO desk_changes (kind, proposal, run, name, at) VALUES ('value', NEW.proposal, NEW.run, NEW.name, (julianday('now') - 2440587.5) * 86400.0);
END;
CREATE TRIGGER desk_feed_run_variables_update AFTER UPDATE ON run_variables 
BEGIN
    INSERT INTO desk_changes (kind, proposal, run, name, at) VALUES ('value', NEW.proposal, NEW.run, NEW.name, (julianday('now') - 2440587.5) * 86400.0);
END;
CREATE TRIGGER desk_feed_run_variables_delete AFTER DELETE ON run_variables 
BEGIN
    INSERT INTO desk_changes (kind, proposal, run, name, at) VALUES ('value', OLD.proposal, OLD.run, OLD.name, (julianday('now') - 2440587.5) * 86400.0);
END;
CREATE TRIGGER desk_feed_run_variables_moved AFTER UPDATE OF proposal, run ON run_variables WHEN OLD.proposal IS NOT NEW.proposal OR OLD.run IS NOT NEW.run
BEGIN
    INSERT INTO desk_changes (kind, proposal, run, name, at) VALUES ('value', OLD.proposal, OLD.run, OLD.name, (julianday('now') - 2440587.5) * 86400.0);
END;
CREATE TRIGGER desk_feed_variables_insert AFTER INSERT ON variables 
BEGIN
    INSERT INTO desk_changes (kind, proposal, run, name, at) VALUES ('variable', NULL, NULL, NEW.name, (julianday('now') - 2440587.5) * 86400.0);
END;
CREATE TRIGGER desk_feed_variables_update AFTER UPDATE ON variables 
BEGIN
    INSERT INTO desk_changes (kind, proposal, run, name, at) VALUES ('variable', NULL, NULL, NEW.name, (julianday('now') - 2440587.5) * 86400.0);
END;
CREATE TRIGGER desk_feed_variables_delete AFTER DELETE ON variables 
BEGIN
    INSERT INTO desk_changes (kind, proposal, run, name, at) VALUES ('variable', NULL, NULL, OLD.name, (julianday('now') - 2440587.5) * 86400.0);
END;
CREATE TRIGGER desk_feed_variable_tags_insert AFTER INSERT ON variable_tags 
BEGIN
    INSERT INTO desk_changes (kind, proposal, run, name, at) VALUES ('variable', NULL, NULL, NEW.variable_name, (julianday('now') - 2440587.5) * 86400.0);
END;
CREATE TRIGGER desk_feed_variable_tags_update AFTER UPDATE ON variable_tags 
BEGIN
    INSERT INTO desk_changes (kind, proposal, run, name, at) VALUES ('variable', NULL, NULL, NEW.variable_name, (julianday('now') - 2440587.5) * 86400.0);
END;
CREATE TRIGGER desk_feed_variable_tags_delete AFTER DELETE ON variable_tags 
BEGIN
    INSERT INTO desk_changes (kind, proposal, run, name, at) VALUES ('variable', NULL, NULL, OLD.variable_name, (julianday('now') - 2440587.5) * 86400.0);
END;
CREATE TRIGGER desk_feed_metameta_insert AFTER INSERT ON metameta 
BEGIN
    INSERT INTO desk_changes (kind, proposal, run, name, at) VALUES ('setting', NULL, NULL, NEW.key, (julianday('now') - 2440587.5) * 86400.0);
END;
CREATE TRIGGER desk_feed_metameta_update AFTER UPDATE ON metameta 
BEGIN
    INSERT INTO desk_changes (kind, proposal, run, name, at) VALUES ('setting', NULL, NULL, NEW.key, (julianday('now') - 2440587.5) * 86400.0);
END;
CREATE TRIGGER desk_feed_metameta_delete AFTER DELETE ON metameta 
BEGIN
    INSERT INTO desk_changes (kind, proposal, run, name, at) VALUES ('setting', NULL, NULL, OLD.key, (julianday('now') - 2440587.5) * 86400.0);
END;
CREATE TRIGGER desk_feed_time_comments_insert AFTER INSERT ON time_comments 
BEGIN
    INSERT INTO desk_changes (kind, proposal, run, name, at) VALUES ('time_comment', NULL, NULL, NULL, (julianday('now') - 2440587.5) * 86400.0);
END;
CREATE TRIGGER desk_feed_time_comments_update AFTER UPDATE ON time_comments 
BEGIN
    INSERT INTO desk_changes (kind, proposal, run, name, at) VALUES ('time_comment', NULL, NULL, NULL, (julianday('now') - 2440587.5) * 86400.0);
END;
CREATE TRIGGER desk_feed_time_comments_delete AFTER DELETE ON time_comments 
BEGIN
    INSERT INTO desk_changes (kind, proposal, run, name, at) VALUES ('time_comment', NULL, NULL, NULL, (julianday('now') - 2440587.5) * 86400.0);
END;
CREATE TRIGGER desk_feed_desk_jobs_insert AFTER INSERT ON desk_jobs 
BEGIN
    INSERT INTO desk_changes (kind, proposal, run, name, at) VALUES ('job', NEW.proposal, NEW.run, NULL, (julianday('now') - 2440587.5) * 86400.0);
END;
CREATE TRIGGER desk_feed_desk_jobs_update AFTER UPDATE ON desk_jobs 
BEGIN
    INSERT INTO desk_changes (kind, proposal, run, name, at) VALUES ('job', NEW.proposal, NEW.run, NULL, (julianday('now') - 2440587.5) * 86400.0);
END;
CREATE TRIGGER desk_feed_desk_jobs_delete AFTER DELETE ON desk_jobs 
BEGIN
    INSERT INTO desk_changes (kind, proposal, run, name, at) VALUES ('job', OLD.proposal, OLD.run, NULL, (julianday('now') - 2440587.5) * 86400.0);
END;
CREATE VIEW runs AS SELECT r.proposal, r.run, r.start_time, r.added_at, max(CASE WHEN v.name = 'energy' THEN v.value END) AS "energy" FROM run_info r LEFT JOIN run_variables v ON v.proposal = r.proposal AND v.run = r.run GROUP BY r.proposal, r.run;
CREATE VIEW max_diffs AS SELECT r.proposal, r.run, max(CASE WHEN v.name = 'energy' THEN v.max_diff END) AS "energy" FROM run_info r LEFT JOIN run_variables v ON v.proposal = r.proposal AND v.run = r.run GROUP BY r.proposal, r.run;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('desk_changes',8);
INSERT INTO "sqlite_sequence" VALUES('tags',1);
INSERT INTO "sqlite_sequence" VALUES('desk_jobs',1);
COMMIT;
