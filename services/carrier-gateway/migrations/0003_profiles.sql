-- What else is known of a carrier, and whether it was announced.
ALTER TABLE carrier DROP CONSTRAINT carrier_network_known;
ALTER TABLE carrier
    -- What events about it have as their subject.
    ADD COLUMN subject_id          uuid     NOT NULL DEFAULT gen_random_uuid(),
    ADD COLUMN is_announced        boolean  NOT NULL DEFAULT false,
    ADD COLUMN loa_required        boolean  NOT NULL DEFAULT false,
    -- Business days; none: the rule of its network.
    ADD COLUMN interval_days       smallint,
    -- Where it departs from the holidays of a number's country.
    ADD COLUMN closed_on           date[]   NOT NULL DEFAULT '{}',
    ADD COLUMN works_on            date[]   NOT NULL DEFAULT '{}',
    ADD COLUMN answers_per_number  boolean  NOT NULL DEFAULT false,
    -- None: any bill will do.
    ADD COLUMN bill_age_max_days   smallint,
    ADD COLUMN activates_on_demand boolean  NOT NULL DEFAULT false,
    -- By the clock of the number's NPAC region.
    ADD COLUMN activation_opens    time     NOT NULL DEFAULT '08:00',
    ADD COLUMN activation_closes   time     NOT NULL DEFAULT '17:00',
    ADD COLUMN resp_org            text,
    ADD CONSTRAINT carrier_network_known CHECK (network IN ('wireless', 'wireline', 'toll_free')),
    ADD CONSTRAINT carrier_subject_id_key UNIQUE (subject_id),
    ADD CONSTRAINT carrier_resp_org_key UNIQUE (resp_org),
    ADD CONSTRAINT carrier_interval_range CHECK (interval_days BETWEEN 1 AND 30),
    ADD CONSTRAINT carrier_bill_age_range CHECK (bill_age_max_days BETWEEN 1 AND 366),
    ADD CONSTRAINT carrier_opens_before_it_closes CHECK (activation_opens < activation_closes),
    ADD CONSTRAINT carrier_resp_org_form CHECK (resp_org ~ '^[A-Z0-9]{5}$'),
    ADD CONSTRAINT carrier_toll_free_is_resp_org CHECK (network <> 'toll_free' OR resp_org IS NOT NULL),
    ADD CONSTRAINT carrier_days_disjoint CHECK (NOT closed_on && works_on);
CREATE INDEX carrier_not_announced ON carrier (carrier_id) WHERE NOT is_announced;

INSERT INTO carrier (carrier_id, name, spid, network, code_list, pin_required, account_number_required, resp_org)
VALUES ('sim-toll-free', 'Simulated RespOrg', 'SIMT', 'toll_free', 'sim-toll-free', false, false, 'SIM01');
UPDATE carrier SET activates_on_demand = true WHERE carrier_id IN ('sim-wireless', 'sim-wireline', 'sim-toll-free');
