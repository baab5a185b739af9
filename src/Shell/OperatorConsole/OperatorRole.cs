namespace Marketplace.Shell.OperatorConsole;

/// <summary>What a person may do in the console.</summary>
internal enum OperatorRole
{
    /// <summary>Sees everything, and changes nothing.</summary>
    Viewer,

    /// <summary>Sees everything, and acts, each time with a reason.</summary>
    Operator,
}
