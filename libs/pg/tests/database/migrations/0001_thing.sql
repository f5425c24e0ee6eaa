-- Slow, so that another replica that starts meanwhile has to wait; and it tells under which limit it ran.
CREATE TABLE thing (statement_timeout text NOT NULL);
SELECT pg_sleep(0.3);
INSERT INTO thing SELECT current_setting('statement_timeout');
