-- How the winning carrier reads the answer, as its profile said when its request came, and how many cases the request had when
-- this one was decided: lines that are separated from their account become a case of their own. Both for the answer to a
-- port-out alone, and unknown of what was asked before these columns were there.
ALTER TABLE command
    ADD COLUMN answers_per_number boolean,
    ADD COLUMN request_cases smallint,
    ADD CONSTRAINT command_reading_of_answer
        CHECK (num_nonnulls(answers_per_number, request_cases) = 0 OR kind = 'answer_port_out');

CREATE OR REPLACE VIEW command_ready AS
SELECT mine.command_id, mine.seq, mine.subject_id
  FROM command AS mine
 WHERE mine.progress IN ('requested', 'sent')
   AND NOT EXISTS (
       SELECT FROM inbound AS request
        WHERE mine.kind = 'answer_port_out' AND request.kind = 'request'
          AND request.winning_spid = mine.winning_spid AND request.pon = mine.pon AND request.ver = mine.ver
          AND (request.state = 'waiting'
               OR greatest(cardinality(request.port_out_ids), mine.request_cases) > (
                  SELECT count(*) FROM command AS sibling
                   WHERE sibling.kind = 'answer_port_out' AND sibling.second_of IS NULL
                     AND sibling.winning_spid = mine.winning_spid
                     AND sibling.pon = mine.pon AND sibling.ver = mine.ver)));
