-- How requests are answered. '' is the script of requests whose numbers have none of their own.
CREATE TABLE script (
    script_of       text    NOT NULL,
    steps           jsonb   NOT NULL,
    fail_calls_left integer NOT NULL,
    CONSTRAINT script_pkey PRIMARY KEY (script_of),
    CONSTRAINT script_of_form CHECK (script_of = '' OR script_of ~ '^\+1[2-9][0-9]{9}$'),
    CONSTRAINT script_fail_calls_left CHECK (fail_calls_left >= 0)
);

-- Port requests that were taken in. The row is what concurrent calls about one PON wait for.
CREATE TABLE port_request (
    pon              text   NOT NULL,
    reference_number bigint GENERATED ALWAYS AS IDENTITY,
    -- The version whose cut-over was asked for last.
    activation_ver   integer,
    CONSTRAINT port_request_pkey PRIMARY KEY (pon),
    CONSTRAINT port_request_reference_number_key UNIQUE (reference_number),
    CONSTRAINT port_request_activation_ver_range CHECK (activation_ver BETWEEN 1 AND 99)
);

CREATE TABLE port_version (
    pon         text        NOT NULL,
    ver         integer     NOT NULL,
    kind        text        NOT NULL,
    tns         text[]      NOT NULL,
    received_at timestamptz NOT NULL,
    CONSTRAINT port_version_pkey PRIMARY KEY (pon, ver),
    CONSTRAINT port_version_pon_fkey FOREIGN KEY (pon) REFERENCES port_request (pon),
    CONSTRAINT port_version_ver_range CHECK (ver BETWEEN 1 AND 99),
    CONSTRAINT port_version_kind CHECK (kind IN ('SUBMIT', 'CANCEL')),
    CONSTRAINT port_version_tns CHECK (cardinality(tns) > 0)
);

-- What the losing carrier will have said by answered_at.
CREATE TABLE scheduled_answer (
    answer_id   text        NOT NULL,
    pon         text        NOT NULL,
    ver         integer     NOT NULL,
    kind        text        NOT NULL,
    reasons     jsonb       NOT NULL,
    foc_at      timestamptz,
    answered_at timestamptz NOT NULL,
    -- Whether it is given although a newer version came in before it was due.
    outlives    boolean     NOT NULL,
    CONSTRAINT scheduled_answer_pkey PRIMARY KEY (answer_id),
    CONSTRAINT scheduled_answer_version_fkey FOREIGN KEY (pon, ver) REFERENCES port_version (pon, ver),
    CONSTRAINT scheduled_answer_kind CHECK (kind IN
        ('REJECTED', 'UPDATE_REQUIRED', 'DELAYED', 'FOC', 'ACTIVATED', 'CANCELLED', 'CHANGE_REFUSED')),
    CONSTRAINT scheduled_answer_foc_at CHECK ((kind = 'FOC') = (foc_at IS NOT NULL))
);
CREATE INDEX scheduled_answer_of_request ON scheduled_answer (pon, ver);

-- Requests of winning carriers for numbers of ours. Secrets are sealed.
CREATE TABLE port_out (
    port_out_id      bigint      GENERATED ALWAYS AS IDENTITY,
    winning_spid     text        NOT NULL,
    pon              text        NOT NULL,
    ver              integer     NOT NULL,
    winning_name     text        NOT NULL,
    tns              text[]      NOT NULL,
    account_number   bytea,
    postal_code      text        NOT NULL,
    pin              bytea,
    end_user_name    text        NOT NULL,
    requested_foc_at timestamptz,
    wireless         boolean     NOT NULL,
    simple           boolean     NOT NULL,
    received_at      timestamptz NOT NULL,
    complete_at_foc  boolean     NOT NULL,
    CONSTRAINT port_out_pkey PRIMARY KEY (port_out_id),
    CONSTRAINT port_out_natural_key UNIQUE (winning_spid, pon, ver),
    CONSTRAINT port_out_ver_range CHECK (ver BETWEEN 1 AND 99),
    CONSTRAINT port_out_tns CHECK (cardinality(tns) > 0)
);

-- What we were told about them.
CREATE TABLE port_out_answer (
    port_out_id bigint      NOT NULL,
    authorized  boolean     NOT NULL,
    foc_at      timestamptz,
    answered_at timestamptz NOT NULL,
    CONSTRAINT port_out_answer_pkey PRIMARY KEY (port_out_id),
    CONSTRAINT port_out_answer_port_out_fkey FOREIGN KEY (port_out_id) REFERENCES port_out (port_out_id)
);

-- What becomes of them.
CREATE TABLE progress (
    progress_id   text        NOT NULL,
    winning_spid  text        NOT NULL,
    pon           text        NOT NULL,
    step          text        NOT NULL,
    occurred_at   timestamptz NOT NULL,
    foc_at        timestamptz,
    -- Whether it was scheduled by an authorization, not reported by somebody.
    is_completion boolean     NOT NULL,
    CONSTRAINT progress_pkey PRIMARY KEY (progress_id),
    CONSTRAINT progress_step CHECK (step IN ('PORTED', 'CANCELLED', 'FOC_CHANGED')),
    CONSTRAINT progress_foc_at CHECK ((step = 'FOC_CHANGED') = (foc_at IS NOT NULL)),
    CONSTRAINT progress_completion CHECK (NOT is_completion OR step = 'PORTED')
);
CREATE INDEX progress_of_port_out ON progress (winning_spid, pon) WHERE is_completion;

-- What is to be read by ListChanges, each delivery a row. It is visible once it has a position. Positions are given
-- to due rows under the lock of change_counter, so they become visible in their order and a cursor skips nothing.
CREATE TABLE change (
    change_id   bigint      GENERATED ALWAYS AS IDENTITY,
    due_at      timestamptz NOT NULL,
    position    bigint,
    answer_id   text,
    port_out_id bigint,
    progress_id text,
    CONSTRAINT change_pkey PRIMARY KEY (change_id),
    CONSTRAINT change_position_key UNIQUE (position),
    CONSTRAINT change_position_positive CHECK (position > 0),
    CONSTRAINT change_one_subject CHECK (num_nonnulls(answer_id, port_out_id, progress_id) = 1),
    CONSTRAINT change_answer_fkey FOREIGN KEY (answer_id) REFERENCES scheduled_answer (answer_id),
    CONSTRAINT change_port_out_fkey FOREIGN KEY (port_out_id) REFERENCES port_out (port_out_id),
    CONSTRAINT change_progress_fkey FOREIGN KEY (progress_id) REFERENCES progress (progress_id)
);
CREATE INDEX change_unpublished ON change (due_at, change_id) WHERE position IS NULL;
CREATE INDEX change_of_answer ON change (answer_id) WHERE answer_id IS NOT NULL;
CREATE INDEX change_of_progress ON change (progress_id) WHERE progress_id IS NOT NULL;

CREATE TABLE change_counter (
    only_row      boolean NOT NULL DEFAULT true,
    last_position bigint  NOT NULL DEFAULT 0,
    CONSTRAINT change_counter_pkey PRIMARY KEY (only_row),
    CONSTRAINT change_counter_only_row CHECK (only_row),
    CONSTRAINT change_counter_last_position CHECK (last_position >= 0)
);
INSERT INTO change_counter DEFAULT VALUES;

-- What the simulated carriers were asked and told, without secrets.
CREATE TABLE call (
    call_id   bigint      GENERATED ALWAYS AS IDENTITY,
    called_at timestamptz NOT NULL,
    rpc       text        NOT NULL,
    pon       text        NOT NULL,
    ver       integer,
    detail    text        NOT NULL,
    CONSTRAINT call_pkey PRIMARY KEY (call_id),
    CONSTRAINT call_rpc CHECK (rpc IN ('SubmitPort', 'CancelPort', 'ActivatePort', 'AnswerPortOut'))
);
CREATE INDEX call_of_pon ON call (pon, call_id);
