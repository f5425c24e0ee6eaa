-- Each answer looks for the request that it answers, and news for the one that it is about, whatever connection they came by.
CREATE INDEX inbound_request_of_port_out ON inbound (winning_spid, pon, ver) WHERE kind = 'request';
