-- Commands that are given several times in a version, each for numbers of its own: every batch is a line, known by the
-- command's id from its first news on.
ALTER TABLE carrier_command
    ADD COLUMN batch      integer NOT NULL DEFAULT 1,
    ADD COLUMN command_id uuid,
    DROP CONSTRAINT carrier_command_pkey,
    ADD CONSTRAINT carrier_command_pkey PRIMARY KEY (order_id, kind, ver, batch),
    ADD CONSTRAINT carrier_command_batch CHECK (batch > 0);

-- Activations that the carrier refused.
ALTER TABLE port_number DROP CONSTRAINT port_number_state;
ALTER TABLE port_number ADD CONSTRAINT port_number_state CHECK (state IN ('DRAFT', 'IN_ORDER', 'FOC_CONFIRMED',
    'ACTIVATING', 'ACTIVATION_REFUSED', 'PORTED', 'FAILED', 'RELEASED', 'RETURNED'));

-- What the carrier said of each number of a snapback.
CREATE TABLE snapback_number (
    snapback_id uuid NOT NULL,
    tn          text NOT NULL,
    -- Why the number stays; null: it is back.
    refusal     text,
    CONSTRAINT snapback_number_pkey PRIMARY KEY (snapback_id, tn),
    CONSTRAINT snapback_number_snapback FOREIGN KEY (snapback_id) REFERENCES snapback
);

-- A number that the platform lent the account until another has ported. All others came by an order of the account's.
ALTER TABLE inventory_number ADD COLUMN is_lent boolean NOT NULL DEFAULT false;
