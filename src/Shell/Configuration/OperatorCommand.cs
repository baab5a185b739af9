using System.CommandLine;
using System.CommandLine.Parsing;

namespace Marketplace.Shell.Configuration;

/// <summary>A command that does something, with what its help says of it: examples that work, and how it may end.</summary>
/// <remarks>What its parts do not name is ASP.NET's: configuration.</remarks>
internal sealed class OperatorCommand : Command
{
    public OperatorCommand(string name, string description)
        : base(name, description)
    {
        TreatUnmatchedTokensAsErrors = false;
        // The library takes an option that it does not know for the value of an argument.
        Validators.Add(result =>
        {
            foreach (var token in result.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens))
            {
                if (token.Value.StartsWith("--", StringComparison.Ordinal))
                    result.AddError($"There is no option {token.Value}.");
            }
        });
    }

    /// <summary>As they are typed after the name of the program.</summary>
    public IReadOnlyList<string> ExampleLines { get; private set; } = [];

    /// <summary>What exit code 0 means here.</summary>
    public string Done { get; private set; } = "done";

    /// <summary>What exit code 2 means here; null where there is none.</summary>
    public string? Otherwise { get; private set; }

    public OperatorCommand Examples(params string[] lines)
    {
        ExampleLines = lines;
        return this;
    }

    /// <summary>Code 1 needs no words of its own: it means everywhere that the command could not run.</summary>
    /// <param name="done">What 0 means.</param>
    /// <param name="otherwise">What 2 means: it ran, and there is something that a person should see.</param>
    public OperatorCommand Ends(string done, string? otherwise = null)
    {
        (Done, Otherwise) = (done, otherwise);
        return this;
    }
}
