-- What does not work about a resource that is there, as the provider says, for the customer to read.
alter table resource add column fault text;
