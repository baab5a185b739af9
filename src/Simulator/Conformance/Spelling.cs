using System.Text;

namespace Marketplace.Simulator.Conformance;

/// <summary>How ids of cases spell what the wire spells otherwise.</summary>
internal static class Spelling
{
    /// <summary><c>account.contact.email</c> and <c>AccountContactEmail</c> become <c>account-contact-email</c>.</summary>
    public static string Dashed(string name)
    {
        var spelled = new StringBuilder();
        foreach (var letter in name)
        {
            if (!char.IsLetterOrDigit(letter))
            {
                spelled.Append('-');
            }
            else
            {
                spelled.Append(char.IsUpper(letter) && spelled.Length > 0 ? "-" : "").Append(char.ToLowerInvariant(letter));
            }
        }

        return spelled.ToString();
    }
}
