-- The open port-outs, in every order in which they are listed: nearly all that there are have ended. Those by when the answer is
-- due have theirs already, for nothing is due of one that has ended.
CREATE INDEX port_out_list_open ON port_out (account_id, request_number) WHERE ended_at IS NULL;
CREATE INDEX port_out_list_open_received ON port_out (account_id, received_at, request_number) WHERE ended_at IS NULL;
CREATE INDEX port_out_list_open_foc ON port_out (account_id, foc_at, request_number) WHERE ended_at IS NULL;
CREATE INDEX port_out_list_open_size ON port_out (account_id, number_count, request_number) WHERE ended_at IS NULL;
CREATE INDEX port_out_all_open ON port_out (request_number) WHERE ended_at IS NULL;
CREATE INDEX port_out_all_open_received ON port_out (received_at, request_number) WHERE ended_at IS NULL;
CREATE INDEX port_out_all_open_foc ON port_out (foc_at, request_number) WHERE ended_at IS NULL;
CREATE INDEX port_out_all_open_size ON port_out (number_count, request_number) WHERE ended_at IS NULL;
