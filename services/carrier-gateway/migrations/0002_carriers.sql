-- The carriers one starts with: two that the simulator plays, and three whose own code lists are known.
-- SPIDs of the real ones are to be confirmed by operations (PutCarrier) before the first port with them.
INSERT INTO carrier (carrier_id, name, spid, network, code_list, pin_required, account_number_required) VALUES
    ('sim-wireless', 'Simulated Wireless', 'SIMW', 'wireless', 'sim-wireless', true,  true),
    ('sim-wireline', 'Simulated Wireline', 'SIML', 'wireline', 'sim-wireline', false, true),
    ('tmobile',      'T-Mobile US',        '6529', 'wireless', 'tmobile',      true,  true),
    ('telnyx',       'Telnyx',             '073H', 'wireline', 'telnyx',       false, true),
    ('bandwidth',    'Bandwidth',          '979E', 'wireline', 'bandwidth',    false, true);
