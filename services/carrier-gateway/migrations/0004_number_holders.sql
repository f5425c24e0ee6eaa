-- Who has which numbers, by their first digits: an NPA, an exchange, a thousands block, or one ported number. The longest
-- that fits a number holds.
CREATE TABLE number_holder (
    prefix     text COLLATE "C" NOT NULL,
    carrier_id text             NOT NULL,
    CONSTRAINT number_holder_pkey PRIMARY KEY (prefix),
    CONSTRAINT number_holder_carrier_fkey FOREIGN KEY (carrier_id) REFERENCES carrier (carrier_id),
    CONSTRAINT number_holder_prefix_form CHECK (prefix ~ '^[2-9][0-8][0-9]([2-9][0-9]{2}([0-9]|[0-9]{4})?)?$')
);

-- The simulated carriers have every area code, so that each number has a holder on a fresh system: toll-free codes the
-- simulated RespOrg, others by their last digit. Real blocks are longer, so they hold before these.
INSERT INTO number_holder (prefix, carrier_id)
SELECT npa::text,
       CASE WHEN npa IN (800, 833, 844, 855, 866, 877, 888) THEN 'sim-toll-free'
            WHEN npa % 10 <= 5 THEN 'sim-wireless'
            ELSE 'sim-wireline' END
  FROM generate_series(200, 989) AS npa
 WHERE npa / 10 % 10 <= 8;
