using System.CommandLine;
using System.Text.Json;
using Marketplace.Core.Experiments;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Configuration;
using Marketplace.Shell.Http;
using Marketplace.Shell.Resources;

namespace Marketplace.Shell.Experiments;

/// <summary>What a person at the machine does with flags.</summary>
internal delegate Task<FlagAnswer> FlagOrder(FlagStore store, CancellationToken cancel);

/// <summary>Flags from the command line: the same as the Provider API.</summary>
internal static class FlagCommands
{
    private static readonly Actor Operator = Actor.Operator("flags");

    /// <param name="rest">ASP.NET's part of what was parsed.</param>
    public static Command Command(Func<FlagOrder, string[], CancellationToken, Task<int>> run, Func<ParseResult, string[]> rest)
    {
        return new Command("flags", "Lists and changes the flags of a resource, and has Vercel told of them. Exit code 0, or 2 when nothing was done.")
        {
            List(), Set(), OfOne("archive", "Takes a flag out of use; it stays on record.", (store, at, flag, cancel) =>
                store.Archive(at.Installation, at.Resource, flag, Operator, cancel)),
            OfOne("delete", "Deletes a flag.", (store, at, flag, cancel) => store.Delete(at.Installation, at.Resource, flag, Operator, cancel)),
            Sync(),
        };

        Command List()
        {
            var (command, place) = Placed("list", "Lists the flags of a resource.");
            command.SetAction((parsed, cancel) => run(
                (store, token) => store.List(place(parsed).Installation, place(parsed).Resource, token), rest(parsed), cancel));
            return command;
        }

        Command Sync()
        {
            var (command, place) = Placed("sync", "Has Vercel told all flags of a resource once more.");
            command.SetAction((parsed, cancel) => run(
                (store, token) => store.Sync(place(parsed).Installation, place(parsed).Resource, Operator, token), rest(parsed), cancel));
            return command;
        }

        Command OfOne(
            string name, string description, Func<FlagStore, (InstallationId Installation, ResourceId Resource), FlagId, CancellationToken, Task<FlagAnswer>> ask)
        {
            var (command, place) = Placed(name, description);
            var flag = new Argument<string>("flag");
            command.Arguments.Add(flag);
            command.SetAction((parsed, cancel) => run(
                (store, token) => ask(store, place(parsed), new FlagId(parsed.GetValue(flag)!), token), rest(parsed), cancel));
            return command;
        }

        Command Set()
        {
            var (command, place) = Placed("set", "Sets a flag: it is then exactly as it is given here.");
            var flag = new Argument<string>("flag") { Description = "Our name for it: letters, digits, hyphens, underscores." };
            var value = new Option<string>("--value") { Description = "What deployments get, as JSON: true, 12, \"text\", [\"a\"].", Required = true };
            var slug = new Option<string?>("--slug") { Description = "By which code asks for it; its name unless told otherwise." };
            var origin = new Option<string?>("--origin") { Description = "Where it is changed; as the catalogue says unless told otherwise." };
            var category = new Option<string?>("--category") { Description = "flag or experiment." };
            var name = new Option<string?>("--name");
            var description = new Option<string?>("--description");
            command.Arguments.Add(flag);
            foreach (var option in new Option[] { value, slug, origin, category, name, description })
                command.Options.Add(option);
            command.SetAction((parsed, cancel) => run(
                (store, token) => store.Set(
                    place(parsed).Installation, place(parsed).Resource,
                    new SetFlagRequest(
                        parsed.GetValue(flag)!, Given(parsed.GetValue(slug)), Given(parsed.GetValue(origin)), Given(parsed.GetValue(category)),
                        Given(parsed.GetValue(name)), Given(parsed.GetValue(description)), IsArchived: false, Value(parsed.GetValue(value)!)),
                    Operator, token),
                rest(parsed), cancel));
            return command;
        }
    }

    /// <param name="app">Whose database is used; it is not started.</param>
    public static async Task<int> Run(WebApplication app, FlagOrder order, CancellationToken cancel)
    {
        switch (await order(app.Services.GetRequiredService<FlagStore>(), cancel))
        {
            case FlagAnswer.Found found:
                foreach (var flag in found.Flags)
                    await Console.Out.WriteLineAsync(JsonSerializer.Serialize(FlagWire.Of(flag, found.Told), WireJson.Options));
                return 0;
            case FlagAnswer.IsSet set:
                await Console.Out.WriteLineAsync(JsonSerializer.Serialize(FlagWire.Of(set.Flag, told: null), WireJson.Options));
                return 0;
            case FlagAnswer.Deleted deleted:
                await Console.Out.WriteLineAsync($"{deleted.Flag.Id} is deleted, and Vercel is told.");
                return 0;
            case FlagAnswer.Syncing syncing:
                await Console.Out.WriteLineAsync($"Vercel is told of {syncing.Flags} flags once more.");
                return 0;
            case var refused:
                await Console.Error.WriteLineAsync(FlagProblem.Sentence(refused));
                return CommandParts.NothingDone;
        }
    }

    private static (Command Command, Func<ParseResult, (InstallationId Installation, ResourceId Resource)> Place) Placed(string name, string description)
    {
        var installation = CommandParts.Installation();
        var resource = new Argument<string>("resourceId") { Description = "Our name for the resource (res_…)." };
        var command = CommandParts.Of(name, description, installation, resource);
        return (command, parsed => (new InstallationId(parsed.GetValue(installation)!), new ResourceId(parsed.GetValue(resource)!)));
    }

    private static LanguageExt.Option<string> Given(string? text) => LanguageExt.Prelude.Optional(text)!;

    /// <summary>None where it is no JSON, which the refusal then names.</summary>
    private static LanguageExt.Option<MetadataValue> Value(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return MetadataJson.ReadOne(document.RootElement);
        }
        catch (JsonException)
        {
            return LanguageExt.Option<MetadataValue>.None;
        }
    }
}
