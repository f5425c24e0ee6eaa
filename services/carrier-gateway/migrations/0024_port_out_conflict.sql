-- Conflicts over port-outs that were authorized are a command of their own.
ALTER TABLE command
    -- Its id, the reasons and the numbers that stay.
    ADD COLUMN conflict jsonb,
    DROP CONSTRAINT command_kind_known,
    DROP CONSTRAINT command_answer_is_complete,
    ADD CONSTRAINT command_kind_known CHECK (kind IN ('submit', 'supplement', 'cancel', 'activate',
        'answer_port_out', 'snapback', 'enable_messaging', 'conflict_port_out')),
    ADD CONSTRAINT command_answer_is_complete CHECK (
        (kind IN ('answer_port_out', 'conflict_port_out')) = (winning_spid IS NOT NULL)
        AND (kind = 'answer_port_out') = (port_out_answer IS NOT NULL)
        AND (kind = 'conflict_port_out') = (conflict IS NOT NULL));
