using System.Text.RegularExpressions;

namespace CityPerception.Core.Text;

/// <summary>Hides what identifies a person in a text: numbers of mobile telephones, of land lines and of identity cards (GB 11643), and e-mail addresses.</summary>
public static partial class Masking
{
    public static string Mask(string text)
    {
        string masked = IdentityCard().Replace(text, m => m.Value[..6] + new string('*', m.Length - 6));
        masked = Mobile().Replace(masked, m => $"{m.Value[..3]}****{m.Value[^4..]}");
        masked = LandLine().Replace(masked, m => m.Value[..^4] + "****");
        return Mail().Replace(masked, m => $"***@{m.Groups["host"].Value}");
    }

    [GeneratedRegex(@"(?<![0-9])[0-9]{6}(19|20)[0-9]{9}[0-9Xx](?![0-9])", RegexOptions.CultureInvariant)]
    private static partial Regex IdentityCard();

    [GeneratedRegex("(?<![0-9])1[3-9][0-9]{9}(?![0-9])", RegexOptions.CultureInvariant)]
    private static partial Regex Mobile();

    [GeneratedRegex("(?<![0-9])0[0-9]{2,3}-?[0-9]{7,8}(?![0-9])", RegexOptions.CultureInvariant)]
    private static partial Regex LandLine();

    // Bounded, so that no text makes it slow.
    [GeneratedRegex(@"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@(?<host>[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,8})", RegexOptions.CultureInvariant)]
    private static partial Regex Mail();
}
