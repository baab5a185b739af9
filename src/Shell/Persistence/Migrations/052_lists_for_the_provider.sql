-- The provider's list of everybody begins with the newest.
create index installation_listed on installation (installed_at desc, installation_id desc);
