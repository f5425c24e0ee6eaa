-- Conflicts over requests that were authorized.
ALTER TABLE port_out
    ADD COLUMN refuse_conflicts boolean NOT NULL DEFAULT false;

-- Those that were accepted.
CREATE TABLE port_out_conflict (
    conflict_id uuid        NOT NULL,
    port_out_id bigint      NOT NULL,
    -- The numbers that stay.
    tns         text[]      NOT NULL,
    accepted_at timestamptz NOT NULL,
    CONSTRAINT port_out_conflict_pkey PRIMARY KEY (conflict_id),
    CONSTRAINT port_out_conflict_port_out_fkey FOREIGN KEY (port_out_id) REFERENCES port_out (port_out_id),
    CONSTRAINT port_out_conflict_tns CHECK (cardinality(tns) > 0)
);
CREATE INDEX port_out_conflict_of_port_out ON port_out_conflict (port_out_id);

ALTER TABLE call
    DROP CONSTRAINT call_rpc,
    ADD CONSTRAINT call_rpc CHECK (rpc IN ('SubmitPort', 'CancelPort', 'ActivatePort', 'AnswerPortOut',
        'SnapbackPort', 'EnableMessaging', 'RaisePortOutConflict'));
