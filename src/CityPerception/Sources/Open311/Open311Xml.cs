using System.Collections.Frozen;
using System.Text;
using System.Text.Json.Nodes;
using System.Xml;
using System.Xml.Linq;

namespace CityPerception.Sources.Open311;

/// <summary>Answers as XML: each key of the JSON is an element, each item of a list an element named after it.</summary>
internal static class Open311Xml
{
    private static readonly FrozenDictionary<string, string> Items = new Dictionary<string, string>
    {
        ["services"] = "service",
        ["attributes"] = "attribute",
        ["values"] = "value",
        ["service_requests"] = "request",
        ["errors"] = "error",
        ["endpoints"] = "endpoint",
        ["formats"] = "format",
    }.ToFrozenDictionary();

    private static readonly XmlWriterSettings Form = new() { Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), Indent = true };

    public static byte[] Write(string root, JsonNode answer)
    {
        using var bytes = new MemoryStream();
        using (XmlWriter writer = XmlWriter.Create(bytes, Form)) Element(root, answer).WriteTo(writer);
        return bytes.ToArray();
    }

    private static XElement Element(string name, JsonNode? value) => value switch
    {
        JsonObject map => new XElement(name, map.Select(m => Element(m.Key, m.Value))),
        JsonArray list => new XElement(name, list.Select(item => Element(Items[name], item))),
        null => new XElement(name),
        _ => new XElement(name, Clean(value.ToString())),
    };

    // XML has no way to write some characters, not even escaped.
    private static string Clean(string text) => text.All(IsXml) ? text : string.Concat(text.Select(c => IsXml(c) ? c : '\uFFFD'));

    private static bool IsXml(char c) => char.IsSurrogate(c) || XmlConvert.IsXmlChar(c);
}
