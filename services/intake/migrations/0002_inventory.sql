-- The numbers of all accounts. A number is here from two days before its cut-over until it leaves.
CREATE TABLE inventory_number (
    tn              text        NOT NULL,
    account_id      uuid        NOT NULL,
    state           text        NOT NULL,
    since           timestamptz NOT NULL,
    origin_order_id uuid        NOT NULL,
    agent_name      text        NOT NULL DEFAULT '',
    agent_email     text        NOT NULL DEFAULT '',
    -- The subscriber record that a port-out is matched against.
    account_number  text        NOT NULL,
    postal_code     text        NOT NULL,
    end_user_name   text        NOT NULL,
    locked          boolean     NOT NULL DEFAULT false,
    CONSTRAINT inventory_number_pkey PRIMARY KEY (tn),
    CONSTRAINT inventory_number_state CHECK (state IN ('INCOMING', 'IN_SERVICE')),
    CONSTRAINT inventory_number_tn CHECK (tn ~ '^\+1[2-9][0-9]{2}[2-9][0-9]{6}$')
);
CREATE INDEX inventory_number_account ON inventory_number (account_id, tn);
CREATE INDEX inventory_number_origin ON inventory_number (origin_order_id);
