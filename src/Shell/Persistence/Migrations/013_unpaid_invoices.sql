-- Asked whenever somebody chooses a plan that has to be paid; few have any.
create index invoice_unpaid on invoice (installation_id) where state in ('notpaid', 'overdue');
