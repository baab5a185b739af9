using System.Globalization;
using System.Text.Json.Nodes;
using Marketplace.Integration.JobHosts;
using Marketplace.Integration.Postgres;
using Marketplace.Shell.Doctor;
using Marketplace.Shell.JobHosts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace Marketplace.Integration.Doctor;

/// <summary>The doctor against everything that can be wrong, one thing at a time.</summary>
public sealed class DoctorTests(DoctorScene scene) : IClassFixture<DoctorScene>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Database => scene.Server.Database.ConnectionString;

    [Fact]
    public async Task Where_everything_is_well_nothing_is_found_and_the_exit_code_is_0()
    {
        var diagnosis = await scene.Examine();

        Assert.True(diagnosis.Code == 0, diagnosis.Output);
        Assert.Equal(
            ["configuration", "catalogue", "database", "schema", "key-ring", "database-clock", "acme-postgres", "control-plane", "event-backend", "vercel-api", "clock", "token-issuer",
                "public-url", "webhooks", "webhooks", "jobs", "dead-letters"],
            diagnosis.Findings.Select(finding => finding.Subject));
        Assert.All(diagnosis.Findings, finding => Assert.True(finding.Status is "ok" or "skipped" && finding.Mend is null, diagnosis.Output));
        Assert.Equal("skipped", diagnosis.Findings.Single(finding => finding.Says.StartsWith("Vercel has sent no webhook yet", StringComparison.Ordinal)).Status);
    }

    [Fact]
    public async Task Without_any_configuration_it_names_every_key_and_looks_at_all_that_is_left()
    {
        await using var process = ServerProcess.Start(["doctor"], new Dictionary<string, string>(StringComparer.Ordinal));

        Assert.Equal(2, await process.Ended(Cancel));
        foreach (var key in new[] { "ConnectionStrings__Marketplace", "Vercel__IntegrationId", "Vercel__ClientSecret", "Vercel__Slug", "DataProtection__Key" })
            Assert.Contains($"failed   configuration   {key} is missing.", process.Output, StringComparison.Ordinal);
        Assert.Contains("warning  configuration   PublicUrl is missing", process.Output, StringComparison.Ordinal);
        Assert.Contains("ok       catalogue       ", process.Output, StringComparison.Ordinal);
        Assert.Contains("skipped  jobs            ConnectionStrings__Marketplace is missing or wrong.", process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("\e[", process.Output, StringComparison.Ordinal);
        Assert.Empty(process.Errors.Trim());
    }

    [Fact]
    public async Task A_database_that_is_down_fails_and_what_needs_it_is_skipped()
    {
        var diagnosis = await scene.Examine("--ConnectionStrings:Marketplace", "Host=127.0.0.1;Port=9;Database=gone;Username=u;Password=hush-hush");

        diagnosis.Finds("failed", "database", "PostgreSQL at 127.0.0.1:9, database gone, user u, cannot be used");
        Assert.All(
            diagnosis.Findings.Where(finding => finding.Subject is "schema" or "key-ring" or "database-clock" or "jobs" or "dead-letters"),
            finding => Assert.Equal("skipped", finding.Status));
        Assert.Equal("ok", diagnosis.Of("token-issuer").Status);
        Assert.DoesNotContain("hush-hush", diagnosis.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_password_is_said_and_not_shown()
    {
        var diagnosis = await scene.Examine(
            "--ConnectionStrings:Marketplace", new NpgsqlConnectionStringBuilder(Database) { Password = "hush-hush" }.ConnectionString);

        diagnosis.Finds("failed", "database", "password authentication failed");
        Assert.Contains(diagnosis.Findings, finding => finding.Mend?.Contains("Username or Password", StringComparison.Ordinal) == true);
        Assert.DoesNotContain("hush-hush", diagnosis.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_at_an_older_schema_fails_and_the_command_that_mends_it_is_named()
    {
        await using var fresh = await TestDatabase.Create(Cancel);

        var diagnosis = await scene.Examine(
            "--ConnectionStrings:Marketplace", fresh.ConnectionString);

        Assert.Equal(2, diagnosis.Code);
        var (_, status, says, mend) = Assert.Single(diagnosis.Findings, finding => finding.Subject == "schema");
        Assert.Equal("failed", status);
        Assert.Contains("001_data_protection first", says, StringComparison.Ordinal);
        Assert.Contains("migrate", mend, StringComparison.Ordinal);
        Assert.Equal(("skipped", "The database is not at this program's schema."), diagnosis.Of("key-ring"));
        Assert.Equal(("skipped", "The database is not at this program's schema."), diagnosis.Of("jobs"));
    }

    [Fact]
    public async Task A_role_that_may_too_little_fails_with_what_it_lacks()
    {
        await using var database = await TestDatabase.Create(Cancel);
        var role = $"weak_{Guid.NewGuid():N}";
        await database.Execute($"create role {role} login password 'weak'; grant connect on database {database.Name} to {role}", Cancel);
        try
        {
            var diagnosis = await scene.Examine(
                "--ConnectionStrings:Marketplace",
                new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = role, Password = "weak", MaxPoolSize = 5000 }.ConnectionString);

            Assert.Equal(
                ["The role may not create a schema", "The role may not create tables", $"One process may hold {5000 + JobHost.ConnectionsBesidePool} connections"],
                diagnosis.Findings.Where(finding => finding.Subject == "database").Select(finding => finding.Says.Split(',', StringSplitOptions.None)[0].Split(" in the schema")[0]));
            Assert.Equal(
                ["Its role may not create databases.", "Its role may not create roles."],
                diagnosis.Findings.Where(finding => finding.Subject == "acme-postgres").Select(finding => finding.Says));
        }
        finally
        {
            await database.Execute($"revoke connect on database {database.Name} from {role}; drop role {role}", Cancel);
        }
    }

    [Fact]
    public async Task A_key_ring_that_another_key_sealed_fails() =>
        (await scene.Examine("--DataProtection:Key", "YW5vdGhlciBrZXkgdGhhbiB0aGF0IG9mIHRoZSByaW4="))
            .Finds("failed", "key-ring", "1 of 1 key does not open");

    [Theory]
    [InlineData(30, "failed", "30 s ahead of ours: its tokens seem not to be valid yet")]
    [InlineData(-30, "failed", "s behind ours: its tokens seem to have expired")]
    [InlineData(4, "warning", "s ahead of ours; from 5 s on its tokens are refused")]
    public async Task A_clock_that_is_not_Vercels_is_found_with_what_it_breaks(int seconds, string status, string says)
    {
        await using var skewed = await DoctorScene.Answering(context =>
        {
            context.Response.Headers.Date = TimeProvider.System.GetUtcNow().AddSeconds(seconds).ToString("R", CultureInfo.InvariantCulture);
            return Results.NotFound();
        });

        var diagnosis = await scene.Examine("--Vercel:ApiBaseUrl", skewed.Urls.First());

        Assert.Equal(status, diagnosis.Of("clock").Status);
        Assert.Contains(says.Replace("30 s", "", StringComparison.Ordinal), diagnosis.Of("clock").Says, StringComparison.Ordinal);
        Assert.Equal("ok", diagnosis.Of("vercel-api").Status);
    }

    [Fact]
    public async Task A_database_whose_clock_differs_is_found()
    {
        await using var database = new DoctorDatabase(Database);

        var finding = Assert.Single(await new DatabaseClockExamination(database, new Late(TimeSpan.FromSeconds(40))).Look(Cancel));

        Assert.Contains("40 s ahead of ours", Assert.IsType<Finding.Warning>(finding).Says, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_that_has_not_said_for_a_while_that_it_lives_is_none_and_the_last_job_is_named()
    {
        await using var database = new DoctorDatabase(Database);

        var finding = Assert.Single(await new JobsExamination(database, new Late(TimeSpan.FromMinutes(-1))).Look(Cancel));

        Assert.Matches("^No worker runs; the last job was woken at 20[0-9-]+ [0-9:]+Z[.]$", Assert.IsType<Finding.Warning>(finding).Says);
    }

    [Fact]
    public async Task A_job_that_is_paused_or_late_is_named()
    {
        await using var database = new DoctorDatabase(Database);
        await scene.Server.Database.Execute(
            $"""
            insert into job_pause (job_id, paused_by, reason, paused_at) values ('outbox-retention', 'operator:ada', 'The disk is full', '2026-01-31T09:30Z');
            {HostUnderTest.LateSql("session-sweep")}
            """,
            Cancel);
        try
        {
            var findings = (await new JobsExamination(database, TimeProvider.System).Look(Cancel)).Select(finding => finding.Says).ToList();

            Assert.Contains("outbox-retention is paused since 2026-01-31 09:30:00Z by operator:ada: The disk is full", findings);
            Assert.Contains(findings, says => says.StartsWith("session-sweep should have been woken at ", StringComparison.Ordinal));
            Assert.Equal(2, findings.Count);
        }
        finally
        {
            await scene.Server.Database.Execute($"delete from job_pause; {HostUnderTest.RestoreSql}", Cancel);
        }
    }

    [Fact]
    public async Task An_API_that_cannot_be_reached_fails_and_its_clock_is_skipped()
    {
        var diagnosis = await scene.Examine("--Vercel:ApiBaseUrl", "http://127.0.0.1:9");

        diagnosis.Finds("failed", "vercel-api", "Nothing answers at 127.0.0.1:9");
        Assert.Equal("skipped", diagnosis.Of("clock").Status);
    }

    [Fact]
    public async Task A_name_that_DNS_does_not_know_is_told_from_a_machine_that_is_down() =>
        (await scene.Examine("--Vercel:ApiBaseUrl", "https://vercel.invalid")).Finds("failed", "vercel-api", "The name vercel.invalid is not known here.");

    [Theory]
    [InlineData("""{"issuer": "https://somebody.else", "jwks_uri": "BASE/keys"}""", "{}", "The issuer calls itself \"https://somebody.else\"")]
    [InlineData("""{"jwks_uri": "BASE/keys"}""", """{"keys": []}""", "has no RSA key that signs")]
    [InlineData("""{"jwks_uri": "BASE/keys"}""", "<html>", "is no set of keys")]
    [InlineData("""{"jwks_uri": "BASE/missing"}""", "", "is answered with 404 NotFound")]
    [InlineData("{}", "", "names no jwks_uri")]
    [InlineData("<html>", "", "is no discovery document")]
    public async Task An_issuer_whose_tokens_could_not_be_verified_fails(string document, string keys, string says)
    {
        await using var issuer = await DoctorScene.Answering(context => context.Request.Path.Value switch
        {
            "/.well-known/openid-configuration" => Results.Text(document.Replace("BASE", $"http://{context.Request.Host}", StringComparison.Ordinal)),
            "/keys" => Results.Text(keys),
            _ => Results.NotFound(),
        });

        (await scene.Examine("--Vercel:Issuer", issuer.Urls.First())).Finds("failed", "token-issuer", says);
    }

    [Fact]
    public async Task A_client_secret_that_the_server_does_not_have_fails_and_is_not_shown()
    {
        var diagnosis = await scene.Examine("--Vercel:ClientSecret", "another-secret");

        diagnosis.Finds("failed", "webhooks", "What is signed with Vercel__ClientSecret is refused");
        Assert.DoesNotContain("another-secret", diagnosis.Output, StringComparison.Ordinal);
        Assert.Equal(0L, await scene.Server.Ask("select count(*) from webhook"));
    }

    [Fact]
    public async Task A_public_address_where_nobody_or_somebody_else_answers_is_found()
    {
        (await scene.Examine("--PublicUrl", "http://127.0.0.1:9")).Finds("warning", "public-url", "Nothing answers at 127.0.0.1:9");

        await using var other = await DoctorScene.Answering(_ => Results.Text("hello"));
        var diagnosis = await scene.Examine("--PublicUrl", other.Urls.First());
        Assert.Equal("failed", diagnosis.Of("public-url").Status);
        Assert.Contains("is answered by somebody else", diagnosis.Of("public-url").Says, StringComparison.Ordinal);
        Assert.Equal("failed", diagnosis.Of("webhooks").Status);
    }

    [Fact]
    public async Task A_catalogue_with_a_mistake_and_one_that_nobody_can_make_are_found()
    {
        var folder = Directory.CreateTempSubdirectory("marketplace-doctor-");
        try
        {
            var path = Path.Combine(folder.FullName, "catalog.json");
            var catalogue = JsonNode.Parse(await File.ReadAllTextAsync(Repository.File("catalog.json"), Cancel))!;
            catalogue["products"]![0]!["provisioner"] = "nobody";
            await File.WriteAllTextAsync(path, catalogue.ToJsonString(), Cancel);
            (await scene.Examine("--Catalog:Path", path)).Finds("failed", "catalogue", "names the provisioner \"nobody\"");

            await File.WriteAllTextAsync(path, """{"products": 1}""", Cancel);
            var diagnosis = await scene.Examine("--Catalog:Path", path);
            diagnosis.Finds("failed", "configuration", "Catalog__Path is ");
            Assert.Equal("skipped", diagnosis.Of("catalogue").Status);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData(200, "ok", "lists what it holds when it is asked by us")]
    [InlineData(501, "ok", "has no list to compare with")]
    [InlineData(401, "failed", "answers 401 Unauthorized to what we sign")]
    [InlineData(404, "failed", "answers 404 NotFound")]
    public async Task A_control_plane_is_asked_for_its_list_and_its_refusal_says_what_it_does_not_know(int status, string found, string says)
    {
        var asked = "";
        await using var plane = await DoctorScene.Answering(context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            asked = reader.ReadToEndAsync(Cancel).GetAwaiter().GetResult();
            return Results.StatusCode(context.Request.Headers["webhook-signature"].ToString().StartsWith("v1,", StringComparison.Ordinal) ? status : 418);
        });

        var diagnosis = await scene.Examine(
            "--HttpProvisioner:Url", plane.Urls.First(), "--HttpProvisioner:Secrets", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");

        Assert.Equal(found, diagnosis.Of("control-plane").Status);
        Assert.Contains(says, diagnosis.Of("control-plane").Says, StringComparison.Ordinal);
        Assert.Equal("list", (string)JsonNode.Parse(asked)!["type"]!);
        Assert.DoesNotContain("MfKQ9r8GKYqr", diagnosis.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backend_for_events_has_to_answer_and_one_that_wants_no_more_is_named()
    {
        const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        (await scene.Examine("--Events:Url", "http://127.0.0.1:9/hidden", "--Events:Secrets", Secret))
            .Finds("failed", "event-backend", "Nothing answers at 127.0.0.1:9");

        await using var backend = await DoctorScene.Answering(_ => Results.StatusCode(405));
        await scene.Server.Database.Execute(
            "insert into provider_event_outlet (url, types, stopped_at) values ('https://backend.example.com', null, '2027-01-21T09:30:00Z')", Cancel);
        try
        {
            var diagnosis = await scene.Examine("--Events:Url", $"{backend.Urls.First()}/hidden", "--Events:Secrets", Secret);

            diagnosis.Finds("warning", "event-backend", "It answered 410 at 2027-01-21 09:30:00Z");
            Assert.Equal("ok", diagnosis.Of("event-backend").Status);
            Assert.DoesNotContain("hidden", diagnosis.Output, StringComparison.Ordinal);
        }
        finally
        {
            await scene.Server.Database.Execute("delete from provider_event_outlet", Cancel);
        }
    }

    [Fact]
    public async Task A_folder_of_secrets_that_is_not_there_is_found() =>
        (await scene.Examine("--Secrets:Directory", "/nowhere")).Finds("warning", "configuration", "Secrets__Directory is /nowhere, where no folder is");

    [Fact]
    public async Task A_key_that_is_misspelt_is_found() =>
        (await scene.Examine("--Vercel:DashbordUrl", "https://vercel.com")).Finds("warning", "configuration", "Vercel__DashbordUrl has no effect.");

    [Fact]
    public async Task A_live_server_with_the_settings_of_a_trial_is_warned_of()
    {
        var diagnosis = await scene.Examine(
            "--environment", "Production", "--Clock:AllowOutsideDevelopment", "true", "--Invoices:Test", "paid", "--Invoices:AllowTestOutsideDevelopment", "true");

        diagnosis.Finds("warning", "configuration", "Clock__Url is set");
        diagnosis.Finds("warning", "configuration", "Invoices__Test is set: every invoice is a test, and nobody is billed.");
    }

    /// <summary>Beside our own database, by a name that may be known to nobody but us: a trial may, a sale should not.</summary>
    [Fact]
    public async Task Databases_that_are_sold_where_nobody_said_that_customers_reach_them_are_warned_of()
    {
        string[] live = ["--environment", "Production", "--Clock:AllowOutsideDevelopment", "true", "--ConnectionStrings:AcmePostgres", ""];
        const string Says = "nobody has said where they do";

        Assert.Contains((await scene.Examine(live)).Findings, finding => finding is { Subject: "acme-postgres", Status: "warning" } && finding.Says.Contains(Says, StringComparison.Ordinal));
        Assert.DoesNotContain((await scene.Examine([.. live, "--AcmePostgres:PublicHost", "127.0.0.1"])).Findings, finding => finding.Says.Contains(Says, StringComparison.Ordinal));
        Assert.DoesNotContain((await scene.Examine(live[2..])).Findings, finding => finding.Says.Contains(Says, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_was_given_up_is_counted_and_the_commands_are_named()
    {
        await using var database = await TestDatabase.Create(Cancel);
        await using var migrate = ServerProcess.Start(
            ["migrate"], new Dictionary<string, string>(StringComparer.Ordinal) { ["ConnectionStrings__Marketplace"] = database.ConnectionString });
        Assert.Equal(0, await migrate.Ended(Cancel));
        await database.Execute(
            """
            insert into webhook (installation_id, webhook_id, type, body, received_at, attempts, state, last_error, closed_at)
            select '', id, 'deployment.created', '{}', now(), 12, 'dead', 'TimeoutException', now() from unnest(array['evt_1', 'evt_2']) as id
            """,
            Cancel);

        var diagnosis = await scene.Examine("--ConnectionStrings:Marketplace", database.ConnectionString);

        Assert.Equal(("warning", "2 webhooks had no effect."), diagnosis.Of("dead-letters"));
        Assert.Equal(("ok", "It is empty; the first start makes the first key."), diagnosis.Of("key-ring"));
        Assert.Contains(diagnosis.Findings, finding => finding.Mend?.Contains("webhooks list --dead", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task Whoever_does_not_answer_in_time_does_not_hold_up_the_others()
    {
        await using var slow = await DoctorScene.Answering(context =>
        {
            context.RequestAborted.WaitHandle.WaitOne(TimeSpan.FromSeconds(20));
            return Results.Ok();
        });

        var diagnosis = await scene.Examine("--Vercel:ApiBaseUrl", slow.Urls.First(), "--timeout", "2");

        Assert.Equal(("failed", "There was no answer within 2 s."), diagnosis.Of("vercel-api"));
        Assert.Equal("ok", diagnosis.Of("database").Status);
    }

    /// <summary>A clock that is behind real time.</summary>
    private sealed class Late(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() - by;
    }
}
