-- The cut-over: groups that go together, what holds orders back, readiness before, and after it proof, messaging,
-- temporary numbers and snapbacks.
ALTER TABLE port_order
    ADD COLUMN activation text NOT NULL DEFAULT 'AT_FOC',
    -- Its date has come and it is held back, by what order_hold says.
    ADD COLUMN held_since timestamptz,
    ADD COLUMN held_court text,
    ADD COLUMN proof      text,
    ADD CONSTRAINT port_order_activation CHECK (activation IN ('AT_FOC', 'ON_DEMAND')),
    ADD CONSTRAINT port_order_held CHECK ((held_since IS NULL) = (held_court IS NULL)
        AND (held_since IS NULL OR state IN ('FOC_CONFIRMED', 'ACTIVATING'))),
    ADD CONSTRAINT port_order_proof CHECK (proof IN ('WAITING', 'PASSED', 'FAILED'));
CREATE INDEX port_order_held_back ON port_order (account_id, order_id) WHERE held_since IS NOT NULL;

ALTER TABLE port_number DROP CONSTRAINT port_number_state;
ALTER TABLE port_number ADD CONSTRAINT port_number_state CHECK (state IN ('DRAFT', 'IN_ORDER', 'FOC_CONFIRMED',
    'ACTIVATING', 'PORTED', 'FAILED', 'RELEASED', 'RETURNED'));

-- What can be asked of a carrier more than once in a version is shown with the numbers it was last asked for.
ALTER TABLE carrier_command ADD COLUMN tns text[];
ALTER TABLE carrier_command DROP CONSTRAINT carrier_command_kind;
ALTER TABLE carrier_command ADD CONSTRAINT carrier_command_kind CHECK (kind IN ('submit', 'supplement', 'cancel',
    'activate', 'snapback', 'enable_messaging'));

CREATE TABLE order_hold (
    order_id     uuid    NOT NULL,
    position     integer NOT NULL,
    code         text    NOT NULL,
    -- Request number of the member of the group that is at fault; none: the order itself.
    member       bigint,
    number_count integer NOT NULL,
    court        text    NOT NULL,
    CONSTRAINT order_hold_pkey PRIMARY KEY (order_id, position),
    CONSTRAINT order_hold_order FOREIGN KEY (order_id) REFERENCES port_order
);

CREATE TABLE cutover_group (
    group_id   uuid        NOT NULL,
    account_id uuid        NOT NULL,
    name       text        NOT NULL,
    version    bigint      NOT NULL,
    state      text        NOT NULL,
    created_at timestamptz NOT NULL,
    ended_at   timestamptz,
    CONSTRAINT cutover_group_pkey PRIMARY KEY (group_id),
    CONSTRAINT cutover_group_name CHECK (char_length(name) <= 64),
    CONSTRAINT cutover_group_state CHECK (state IN ('OPEN', 'ACTIVATED', 'RELEASED')),
    CONSTRAINT cutover_group_ended CHECK ((state = 'OPEN') = (ended_at IS NULL))
);
CREATE INDEX cutover_group_list ON cutover_group (account_id, created_at DESC, group_id DESC);
CREATE INDEX cutover_group_list_open ON cutover_group (account_id, created_at DESC, group_id DESC)
    WHERE state = 'OPEN';

-- A member is a number of an order, or with an empty number the whole order.
CREATE TABLE cutover_group_member (
    group_id uuid    NOT NULL,
    order_id uuid    NOT NULL,
    tn       text    NOT NULL,
    is_open  boolean NOT NULL,
    CONSTRAINT cutover_group_member_pkey PRIMARY KEY (group_id, order_id, tn),
    CONSTRAINT cutover_group_member_group FOREIGN KEY (group_id) REFERENCES cutover_group ON DELETE CASCADE,
    CONSTRAINT cutover_group_member_order FOREIGN KEY (order_id) REFERENCES port_order
);
-- A number is in one open group at most.
CREATE UNIQUE INDEX cutover_group_member_once ON cutover_group_member (order_id, tn) WHERE is_open;

-- Orders that are held back and of which something changed: it is to be decided about them again. Only ever added to
-- and taken from, so that a change of one order waits for no other order's row.
CREATE TABLE cutover_look (
    look_id  bigint GENERATED ALWAYS AS IDENTITY,
    order_id uuid   NOT NULL,
    -- In the database's time: what failed is not tried before.
    retry_at timestamptz,
    CONSTRAINT cutover_look_pkey PRIMARY KEY (look_id)
);

CREATE TABLE readiness_policy (
    account_id  uuid NOT NULL,
    routing     text NOT NULL DEFAULT 'WARN',
    emergency   text NOT NULL DEFAULT 'WARN',
    caller_name text NOT NULL DEFAULT 'WARN',
    messaging   text NOT NULL DEFAULT 'WARN',
    CONSTRAINT readiness_policy_pkey PRIMARY KEY (account_id),
    CONSTRAINT readiness_policy_demands CHECK (routing IN ('OFF', 'WARN', 'ENFORCE')
        AND emergency IN ('OFF', 'WARN', 'ENFORCE') AND caller_name IN ('OFF', 'WARN', 'ENFORCE')
        AND messaging IN ('OFF', 'WARN', 'ENFORCE'))
);

-- What is said of a number before its cut-over, and below what stands in for it and how it is to text, goes with the
-- number when its order is divided; so none of it is bound to the line of the number.
CREATE TABLE number_preparation (
    order_id             uuid    NOT NULL,
    tn                   text    NOT NULL,
    -- The emergency address that was confirmed; another one later is not.
    emergency_confirmed  text,
    caller_name_declined boolean NOT NULL DEFAULT false,
    texts_declined       boolean NOT NULL DEFAULT false,
    CONSTRAINT number_preparation_pkey PRIMARY KEY (order_id, tn),
    CONSTRAINT number_preparation_order FOREIGN KEY (order_id) REFERENCES port_order
);

-- Every result of a test, once, and the latest of each capability of each number.
CREATE TABLE capability_test (
    order_id   uuid        NOT NULL,
    test_id    text        NOT NULL,
    tn         text        NOT NULL,
    capability text        NOT NULL,
    passed     boolean     NOT NULL,
    detail     text        NOT NULL,
    tested_at  timestamptz NOT NULL,
    heard_at   timestamptz NOT NULL,
    CONSTRAINT capability_test_pkey PRIMARY KEY (order_id, test_id),
    CONSTRAINT capability_test_order FOREIGN KEY (order_id) REFERENCES port_order,
    CONSTRAINT capability_test_capability CHECK (capability IN ('VOICE_INBOUND', 'VOICE_OUTBOUND', 'EMERGENCY',
        'CALLER_NAME', 'MESSAGING'))
);
CREATE TABLE capability_proof (
    order_id   uuid NOT NULL,
    tn         text NOT NULL,
    capability text NOT NULL,
    state      text NOT NULL,
    test_id    text,
    detail     text NOT NULL DEFAULT '',
    tested_at  timestamptz,
    CONSTRAINT capability_proof_pkey PRIMARY KEY (order_id, tn, capability),
    CONSTRAINT capability_proof_number FOREIGN KEY (order_id, tn) REFERENCES port_number,
    CONSTRAINT capability_proof_capability CHECK (capability IN ('VOICE_INBOUND', 'VOICE_OUTBOUND', 'EMERGENCY',
        'CALLER_NAME', 'MESSAGING')),
    CONSTRAINT capability_proof_state CHECK (state IN ('WAITING', 'PASSED', 'FAILED')),
    CONSTRAINT capability_proof_tested CHECK ((state = 'WAITING') = (test_id IS NULL)
        AND (test_id IS NULL) = (tested_at IS NULL))
);
CREATE INDEX capability_proof_open ON capability_proof (order_id, state) WHERE state <> 'PASSED';

-- Messaging of numbers that are to text; the others have no line.
CREATE TABLE messaging_leg (
    order_id    uuid        NOT NULL,
    tn          text        NOT NULL,
    state       text        NOT NULL,
    campaign_id text        NOT NULL DEFAULT '',
    is_verified boolean     NOT NULL DEFAULT false,
    since       timestamptz NOT NULL,
    CONSTRAINT messaging_leg_pkey PRIMARY KEY (order_id, tn),
    CONSTRAINT messaging_leg_order FOREIGN KEY (order_id) REFERENCES port_order,
    CONSTRAINT messaging_leg_state CHECK (state IN ('WAITING_FOR_REGISTRATION', 'REQUESTED', 'ACTIVE', 'FAILED')),
    CONSTRAINT messaging_leg_campaign CHECK (char_length(campaign_id) <= 64)
);

-- Numbers that stand in for others until these are active.
CREATE TABLE temporary_number (
    order_id     uuid        NOT NULL,
    tn           text        NOT NULL,
    temporary_tn text        NOT NULL,
    attached_at  timestamptz NOT NULL,
    swapped_at   timestamptz,
    CONSTRAINT temporary_number_pkey PRIMARY KEY (order_id, tn),
    CONSTRAINT temporary_number_order FOREIGN KEY (order_id) REFERENCES port_order
);
CREATE UNIQUE INDEX temporary_number_once ON temporary_number (temporary_tn) WHERE swapped_at IS NULL;

CREATE TABLE snapback (
    snapback_id  uuid        NOT NULL,
    order_id     uuid        NOT NULL,
    tns          text[]      NOT NULL,
    reason       text        NOT NULL,
    -- For an inadvertent port: what was stated.
    statement    text,
    state        text        NOT NULL,
    requested_by text        NOT NULL,
    requested_at timestamptz NOT NULL,
    since        timestamptz NOT NULL,
    refusal      text        NOT NULL DEFAULT '',
    CONSTRAINT snapback_pkey PRIMARY KEY (snapback_id),
    CONSTRAINT snapback_order FOREIGN KEY (order_id) REFERENCES port_order,
    CONSTRAINT snapback_state CHECK (state IN ('REQUESTED', 'SENT', 'ACKNOWLEDGED', 'CONFIRMED', 'REFUSED'))
);
CREATE INDEX snapback_of_order ON snapback (order_id, requested_at DESC, snapback_id DESC);
CREATE UNIQUE INDEX snapback_open ON snapback (order_id) WHERE state IN ('REQUESTED', 'SENT', 'ACKNOWLEDGED');
