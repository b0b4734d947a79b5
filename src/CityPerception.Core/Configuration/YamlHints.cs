namespace CityPerception.Core.Configuration;

/// <summary>Says what is usually behind a YAML syntax error in these files, where paths and units meet YAML's signs.</summary>
internal static class YamlHints
{
    public static string? For(string text, ConfigPlace place)
    {
        // YamlDotNet names the line before the tab, or the one that its mapping began in.
        for (int number = place.Line; number <= place.Line + 1; number++)
        {
            ReadOnlySpan<char> candidate = LineAt(text, number);
            if (candidate[..^candidate.TrimStart().Length].Contains('\t')) return $"spaces instead of the tab in line {number}";
        }

        ReadOnlySpan<char> line = LineAt(text, place.Line);

        ReadOnlySpan<char> rest = place.Column <= line.Length ? line[(place.Column - 1)..].TrimStart() : default;
        if (rest.Length > 0 && rest[0] is '@' or '%' or '`' or '*' or '&' or '!') return Quoted(rest);

        // { max: $.a[*].b }: inside braces the bracket begins a list.
        int dollar = line.IndexOf('$');
        bool path = dollar >= 0 || line.Contains("@", StringComparison.Ordinal);
        if (path && line.Contains('{') && line.Contains('[')) return "quotes around the path (\"$.a[*]\"): within { } its brackets are YAML's";
        return line.Contains(": ", StringComparison.Ordinal) && line.Count(':') > 1 ? "quotes around the text that holds a colon" : null;
    }

    private static string Quoted(ReadOnlySpan<char> rest)
    {
        int end = rest.IndexOfAny(',', '}', ' ');
        return $"\"{(end < 0 ? rest : rest[..end]).TrimEnd()}\"";
    }

    private static ReadOnlySpan<char> LineAt(string text, int number)
    {
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            if (--number == 0) return line;
        }
        return default;
    }
}
