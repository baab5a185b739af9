-- What the operators' overview counts over everybody. These span partitions on purpose, and are no keys. The first one lists each stage in its order too.
create index installation_by_stage on installation (stage, installed_at, installation_id) where stage <> 'finalized';

create index installation_left on installation (uninstall_requested_at) where uninstall_requested_at is not null;

create index resource_by_status on resource (product_id, status) where status <> 'uninstalled';
