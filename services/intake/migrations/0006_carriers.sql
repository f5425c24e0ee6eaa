-- Carriers as the carrier gateway last told of them. One that it has not told of yet is not here, and orders of it work.
CREATE TABLE carrier (
    carrier_id              text     NOT NULL,
    name                    text     NOT NULL,
    spid                    text     NOT NULL,
    network                 text     NOT NULL,
    pin_required            boolean  NOT NULL,
    account_number_required boolean  NOT NULL,
    loa_required            boolean  NOT NULL,
    -- Business days; 0: the rule of its network.
    interval_days           integer  NOT NULL,
    -- Where it departs from the federal holidays.
    closed_on               date[]   NOT NULL,
    works_on                date[]   NOT NULL,
    answers_per_number      boolean  NOT NULL,
    bill_age_max_days       integer,
    -- By the clock of a number's region. Neither: at the committed instant alone.
    activation_opens        time,
    activation_closes       time,
    resp_org                text,
    CONSTRAINT carrier_pkey PRIMARY KEY (carrier_id),
    CONSTRAINT carrier_id_form CHECK (carrier_id ~ '^[a-z0-9-]{1,64}$'),
    CONSTRAINT carrier_spid_form CHECK (spid ~ '^[A-Z0-9]{4}$'),
    CONSTRAINT carrier_network CHECK (network IN ('WIRELESS', 'WIRELINE', 'TOLL_FREE')),
    CONSTRAINT carrier_interval CHECK (interval_days BETWEEN 0 AND 65535),
    CONSTRAINT carrier_bill_age CHECK (bill_age_max_days BETWEEN 1 AND 65535),
    CONSTRAINT carrier_activation CHECK ((activation_opens IS NULL) = (activation_closes IS NULL)
        AND activation_opens < activation_closes)
);
