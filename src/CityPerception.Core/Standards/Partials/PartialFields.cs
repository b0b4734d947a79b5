using System.Diagnostics.CodeAnalysis;

namespace CityPerception.Core.Standards.Partials;

/// <summary>The fields of a point that hold a partial: names with numbers or text, in the order they were set.</summary>
public sealed class PartialFields
{
    private readonly OrderedDictionary<string, double> _numbers = [];
    private readonly OrderedDictionary<string, string> _texts = [];

    public IEnumerable<KeyValuePair<string, double>> Numbers => _numbers;

    public IEnumerable<KeyValuePair<string, string>> Texts => _texts;

    public void Set(string name, double number) => _numbers[name] = number;

    public void Set(string name, string text) => _texts[name] = text;

    public bool TryGet(string name, out double number) => _numbers.TryGetValue(name, out number);

    public bool TryGet(string name, [NotNullWhen(true)] out string? text) => _texts.TryGetValue(name, out text);
}
