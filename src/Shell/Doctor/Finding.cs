namespace Marketplace.Shell.Doctor;

/// <summary>What came of looking at one thing. No sentence has a secret in it.</summary>
internal abstract record Finding
{
    private Finding(string says, string? mend) => (Says, Mend) = (says, mend);

    /// <summary>One sentence.</summary>
    public string Says { get; }

    /// <summary>What to do about it; null where nothing has to be done.</summary>
    public string? Mend { get; }

    /// <summary>As it should be.</summary>
    public sealed record Ok(string Says) : Finding(Says, mend: null);

    /// <summary>It works, and somebody should see to it.</summary>
    public sealed record Warning(string Says, string Mend) : Finding(Says, Mend);

    /// <summary>It does not work.</summary>
    public sealed record Failed(string Says, string Mend) : Finding(Says, Mend);

    /// <summary>Nobody could look, or there is nothing to look at.</summary>
    public sealed record Skipped(string Says) : Finding(Says, mend: null);
}
