using System.CommandLine;
using Marketplace.Shell.Configuration;

namespace Marketplace.Shell.Doctor;

/// <summary>Looks at everything that a server needs, with a configuration that may be half broken, and says what to mend.</summary>
internal static class DoctorCommand
{
    private const int TimeLimitDefaultSeconds = 8;

    public static Command Command(CommandHost host)
    {
        var json = CommandParts.Json("As JSON.");
        var timeout = new Option<int>("--timeout")
        {
            Description = "How many seconds each examination may take.",
            DefaultValueFactory = _ => TimeLimitDefaultSeconds,
        };
        timeout.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 300)
                result.AddError("--timeout is from 1 to 300.");
        });
        var command = CommandParts.Of(
            "doctor",
            "Looks at everything that a server needs, from its configuration to what Vercel answers, and says what to mend. It changes nothing.",
            json, timeout);
        command.SetAction(host.OnConfiguration((builder, parsed, cancel) => Run(
            builder, () => host.Server(parsed), parsed.GetValue(json), TimeSpan.FromSeconds(parsed.GetValue(timeout)), cancel)));
        return command
            .Examples("doctor", "doctor --json --timeout 30")
            .Ends("everything is well", "something is failed, or a warning");
    }

    private static async Task<int> Run(
        WebApplicationBuilder builder, Func<WebApplication> server, bool asJson, TimeSpan timeLimit, CancellationToken cancel)
    {
        var examined = SettingsSource.Examine(builder.Configuration, builder.Environment);
        await using var database = new DoctorDatabase(
            examined.Has("ConnectionStrings:Marketplace") ? examined.Settings.Database.Marketplace : null);
        using var http = DoctorHttp.Client();
        var clock = TimeProvider.System;
        IExamination[] examinations =
        [
            new ConfigurationExamination(examined, builder.Configuration, builder.Environment),
            new CatalogueExamination(examined, server),
            new DatabaseExamination(database),
            new SchemaExamination(database),
            new KeyRingExamination(examined, database),
            new DatabaseClockExamination(database, clock),
            new AcmePostgresExamination(examined, builder.Environment),
            new ControlPlaneExamination(examined, http, clock),
            new EventBackendExamination(examined, http, database),
            new VercelApiExamination(examined, http),
            new VercelClockExamination(examined, http, clock),
            new TokenIssuerExamination(examined, http),
            new PublicUrlExamination(examined, http),
            new WebhookExamination(examined, http, database),
            new JobsExamination(database, clock),
            new DeadLettersExamination(database),
        ];

        var inColor = !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        var report = new DoctorReport(Console.Out, inColor);
        await foreach (var one in new Checkup(examinations, timeLimit).Run(cancel))
            await report.Write(one, asText: !asJson);
        await report.End(asText: !asJson);
        return report.ExitCode;
    }
}
