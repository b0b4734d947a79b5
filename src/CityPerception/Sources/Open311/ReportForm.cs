using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Unicode;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace CityPerception.Sources.Open311;

/// <summary>The fields of a posted form, as they came; names that the standard does not have are passed over.</summary>
internal sealed class ReportForm
{
    private const int MaxNameLength = 200, MaxValueLength = 64 << 10;

    private readonly Dictionary<string, StringValues> _fields;

    private ReportForm(Dictionary<string, StringValues> fields) => _fields = fields;

    /// <summary>Reads application/x-www-form-urlencoded; null with what is wrong.</summary>
    public static async Task<(ReportForm? Form, string? Fault)> ReadAsync(HttpRequest request, ReadOnlyMemory<byte> body, int maxFields, CancellationToken cancellationToken)
    {
        string type = request.GetTypedHeaders().ContentType?.MediaType.Value ?? "";
        if (!type.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase))
            return (null, "the report is a form: Content-Type application/x-www-form-urlencoded. 请以 application/x-www-form-urlencoded 提交。");
        // The reader leaves escapes alone that are no UTF-8: a form in GBK would be stored as a row of percent signs.
        byte[] text = body.ToArray();
        if (!Utf8.IsValid(WebUtility.UrlDecodeToBytes(text, 0, text.Length))) return (null, "the form is not UTF-8. 表单不是 UTF-8 编码。");
        try
        {
            using var reader = new FormReader(new MemoryStream(text), new UTF8Encoding(false)) { ValueCountLimit = maxFields, KeyLengthLimit = MaxNameLength, ValueLengthLimit = MaxValueLength };
            return (new ReportForm(await reader.ReadFormAsync(cancellationToken)), null);
        }
        catch (InvalidDataException)
        {
            return (null, string.Create(CultureInfo.InvariantCulture, $"the form has too many fields (at most {maxFields}), or one with too long a name. 表单字段过多或过长。"));
        }
    }

    /// <summary>A field's text without blanks around it; null if it is empty or missing. Of a repeated one the first counts.</summary>
    public string? Text(string name) => _fields.TryGetValue(name, out StringValues values) && values[0]!.Trim() is { Length: > 0 } text ? text : null;

    /// <summary>The answers to further questions: <c>attribute[CODE]=…</c> and <c>attribute[CODE][]=…</c>, which may repeat.</summary>
    public IReadOnlyDictionary<string, string[]> Attributes => _fields
        .Where(f => f.Key.StartsWith("attribute[", StringComparison.Ordinal) && f.Key.EndsWith(']'))
        .Select(f => (Code: (f.Key.EndsWith("[]", StringComparison.Ordinal) ? f.Key[..^2] : f.Key)["attribute[".Length..^1], f.Value))
        .GroupBy(f => f.Code, f => f.Value, StringComparer.Ordinal)
        .ToDictionary(g => g.Key, g => g.SelectMany(v => v).Select(v => v!.Trim()).Where(v => v.Length > 0).ToArray(), StringComparer.Ordinal);
}
