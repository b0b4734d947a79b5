using System.Globalization;
using System.Text.RegularExpressions;

namespace CityPerception.Core.Configuration;

/// <summary>What a scalar of a YAML file is by YAML 1.2's core schema, where <c>no</c> and <c>on</c> are texts.</summary>
public enum ConfigScalarKind { Text, Number, Bool, Null }

/// <summary>A scalar as it was written, for keys that take any.</summary>
/// <param name="Kind">Its YAML type.</param>
/// <param name="Text">As written, without quotes.</param>
/// <param name="Quoted">Whether it stood in quotes (or was a block of text), and so is a text whatever it looks like.</param>
/// <param name="Place">Where it stands.</param>
public sealed partial record ConfigScalar(ConfigScalarKind Kind, string Text, bool Quoted, ConfigPlace Place)
{
    /// <summary>The value of a number; NaN for anything else.</summary>
    public double Number { get; } = Kind == ConfigScalarKind.Number ? ParseNumber(Text) : double.NaN;

    /// <summary>The value of a truth value; false for anything else.</summary>
    public bool Bool => Kind == ConfigScalarKind.Bool && Text is "true" or "True" or "TRUE";

    internal static ConfigScalar Plain(string text, ConfigPlace place) => new(KindOf(text), text, Quoted: false, place);

    /// <summary>In words, for a fault.</summary>
    internal string Describe() => Kind switch
    {
        ConfigScalarKind.Null => "nothing",
        ConfigScalarKind.Number => $"the number {Text}",
        ConfigScalarKind.Bool => $"the truth value {Text}",
        _ => $"the text {Quote(Text)}",
    };

    internal static string Quote(string text) =>
        "\"" + (text.Length > MaxShown ? string.Concat(text.AsSpan(0, MaxShown), "…") : text) + "\"";

    /// <summary>So much of a text is shown in a fault.</summary>
    private const int MaxShown = 60;

    private static ConfigScalarKind KindOf(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => ConfigScalarKind.Null,
        "true" or "True" or "TRUE" or "false" or "False" or "FALSE" => ConfigScalarKind.Bool,
        _ => NumberForm().IsMatch(text) && double.IsFinite(ParseNumber(text)) ? ConfigScalarKind.Number : ConfigScalarKind.Text,
    };

    private static double ParseNumber(string text) =>
        text.StartsWith("0x", StringComparison.Ordinal) && ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong hex) ? hex
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number
        : double.NaN;

    // YAML 1.2.2, 10.3.2, without octal, infinities and NaN: no key here takes them, and a text says so to the reader.
    [GeneratedRegex(@"^([-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|0x[0-9a-fA-F]+)\z", RegexOptions.CultureInvariant)]
    private static partial Regex NumberForm();
}
