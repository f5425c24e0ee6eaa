-- What lists of orders are filtered and sorted by, kept with each order by the one writer of its state.
ALTER TABLE port_order
    ADD COLUMN updated_at   timestamptz,
    -- Whose turn it is; nobody's when the order has ended.
    ADD COLUMN court        text,
    -- By when they have to act. (due_at is the timer: when something happens by itself.)
    ADD COLUMN court_due_at timestamptz,
    -- The instant last committed to, which foc_at forgets when the order ends.
    ADD COLUMN last_foc_at  timestamptz,
    ADD COLUMN ended_at     timestamptz,
    ADD CONSTRAINT port_order_court
        CHECK (court IN ('CUSTOMER', 'US', 'GAINING_CARRIER', 'LOSING_CARRIER', 'END_USER'));
UPDATE port_order
   SET updated_at = since, last_foc_at = foc_at,
       ended_at = CASE WHEN state IN ('PORTED', 'CANCELLED', 'REJECTED', 'ABANDONED') THEN since END,
       court = CASE WHEN state IN ('DRAFT', 'ACTION_REQUIRED') THEN 'CUSTOMER'
                    WHEN state IN ('SUBMITTED', 'FOC_CONFIRMED') OR state = 'PENDING' AND awaits_us THEN 'US'
                    WHEN state IN ('PENDING', 'CANCEL_REQUESTED') THEN 'LOSING_CARRIER'
                    WHEN state = 'ACTIVATING' THEN 'GAINING_CARRIER' END;
ALTER TABLE port_order ALTER COLUMN updated_at SET NOT NULL;

-- One index for each filter and each sort, twice: an account's orders, and everybody's for the platform. Order ids rise
-- with time, so each ends in one where no date does. Orders change a few dozen times in weeks; lists are read all day.
CREATE INDEX port_order_updated ON port_order (account_id, updated_at, order_id);
CREATE INDEX port_order_submitted ON port_order (account_id, submitted_at, order_id);
CREATE INDEX port_order_last_foc ON port_order (account_id, last_foc_at, order_id);
CREATE INDEX port_order_court_due ON port_order (account_id, court_due_at, order_id);
CREATE INDEX port_order_ended ON port_order (account_id, ended_at, order_id);
CREATE INDEX port_order_of_court ON port_order (account_id, court, created_at, order_id) WHERE court IS NOT NULL;
CREATE INDEX port_order_of_carrier ON port_order (account_id, losing_carrier, created_at, order_id)
    WHERE losing_carrier IS NOT NULL;
CREATE INDEX port_order_all_created ON port_order (created_at, order_id);
CREATE INDEX port_order_all_updated ON port_order (updated_at, order_id);
CREATE INDEX port_order_all_submitted ON port_order (submitted_at, order_id);
CREATE INDEX port_order_all_last_foc ON port_order (last_foc_at, order_id);
CREATE INDEX port_order_all_court_due ON port_order (court_due_at, order_id);
CREATE INDEX port_order_all_ended ON port_order (ended_at, order_id);
CREATE INDEX port_order_all_of_state ON port_order (state, created_at, order_id);
CREATE INDEX port_order_all_of_court ON port_order (court, created_at, order_id) WHERE court IS NOT NULL;
CREATE INDEX port_order_all_of_carrier ON port_order (losing_carrier, created_at, order_id)
    WHERE losing_carrier IS NOT NULL;
CREATE INDEX port_order_all_of_reference ON port_order (customer_reference, created_at, order_id)
    WHERE customer_reference IS NOT NULL;

-- The leg of its way that an order is on and that the losing carrier sets the pace of.
CREATE TABLE order_leg (
    order_id   uuid        NOT NULL,
    leg        text        NOT NULL,
    started_at timestamptz NOT NULL,
    CONSTRAINT order_leg_pkey PRIMARY KEY (order_id),
    CONSTRAINT order_leg_order FOREIGN KEY (order_id) REFERENCES port_order,
    CONSTRAINT order_leg_leg CHECK (leg IN ('TO_FOC', 'TO_PORT'))
);

-- How many orders took a carrier how many of its business days. At most 251 rows for each of the other three.
CREATE TABLE carrier_pace (
    losing_carrier text     NOT NULL,
    number_kind    text     NOT NULL,
    leg            text     NOT NULL,
    business_days  smallint NOT NULL,
    orders         bigint   NOT NULL,
    CONSTRAINT carrier_pace_pkey PRIMARY KEY (losing_carrier, number_kind, leg, business_days),
    CONSTRAINT carrier_pace_kind CHECK (number_kind IN ('US', 'CANADA', 'TOLL_FREE')),
    CONSTRAINT carrier_pace_leg CHECK (leg IN ('TO_FOC', 'TO_PORT')),
    CONSTRAINT carrier_pace_days CHECK (business_days BETWEEN 0 AND 250),
    CONSTRAINT carrier_pace_orders CHECK (orders > 0)
);

-- What people write on orders.
CREATE TABLE order_comment (
    comment_id           uuid        NOT NULL,
    order_id             uuid        NOT NULL,
    visibility           text        NOT NULL,
    text                 text        NOT NULL,
    author               text        NOT NULL,
    is_by_platform       boolean     NOT NULL,
    created_at           timestamptz NOT NULL,
    action_by            text,
    done_by              timestamptz,
    resolved_at          timestamptz,
    resolved_by          text,
    is_resolved_by_platform boolean,
    CONSTRAINT order_comment_pkey PRIMARY KEY (comment_id),
    CONSTRAINT order_comment_order FOREIGN KEY (order_id) REFERENCES port_order,
    CONSTRAINT order_comment_visibility CHECK (visibility = 'SHARED' OR visibility = 'PRIVATE' AND is_by_platform),
    CONSTRAINT order_comment_text CHECK (char_length(text) BETWEEN 1 AND 4000),
    CONSTRAINT order_comment_action_by
        CHECK (action_by IN ('CUSTOMER', 'US', 'GAINING_CARRIER', 'LOSING_CARRIER', 'END_USER')),
    CONSTRAINT order_comment_done_by CHECK (done_by IS NULL OR action_by IS NOT NULL),
    CONSTRAINT order_comment_resolution CHECK (num_nulls(resolved_at, resolved_by, is_resolved_by_platform) IN (0, 3)
        AND (resolved_at IS NULL OR action_by IS NOT NULL))
);
-- A thread, the part of it that the account sees, and what is still open.
CREATE INDEX order_comment_thread ON order_comment (order_id, created_at, comment_id);
CREATE INDEX order_comment_open ON order_comment (order_id, created_at, comment_id)
    WHERE action_by IS NOT NULL AND resolved_at IS NULL;
