-- What was given up by an installation: looked up by whoever replays a range of it.
create index outbox_message_given_up on outbox_message (installation_id, sequence) where state = 'dead';
