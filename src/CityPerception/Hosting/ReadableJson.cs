using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;

namespace CityPerception.Hosting;

/// <summary>Chinese in JSON answers as itself, and not as \u4e2d: they are read by people, with curl, in the night.</summary>
/// <remarks>What could be taken for HTML stays escaped, and so do signs that change the direction of writing.</remarks>
internal static class ReadableJson
{
    private static readonly char[] Punctuation = ['–', '—', '‘', '’', '“', '”', '…', '·', '°', 'µ', '³', '²'];

    public static JavaScriptEncoder Encoder { get; } = Make();

    /// <summary>For the framework's own answers: problem documents.</summary>
    public static IServiceCollection AddReadableJson(this IServiceCollection services) => services.ConfigureHttpJsonOptions(static o => o.SerializerOptions.Encoder = Encoder);

    /// <summary>Options of a context of answers: camel case, without what is null, readable. New ones each time: a context keeps them for itself.</summary>
    public static JsonSerializerOptions NewOptions() => New(Encoder);

    /// <summary>The same with every text as it is: for programs and terminals, never inside a page.</summary>
    public static JsonSerializerOptions NewPlainOptions() => New(JavaScriptEncoder.UnsafeRelaxedJsonEscaping);

    private static JsonSerializerOptions New(JavaScriptEncoder encoder) => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = encoder,
    };

    private static JavaScriptEncoder Make()
    {
        var settings = new TextEncoderSettings(UnicodeRanges.BasicLatin, UnicodeRanges.CjkUnifiedIdeographs, UnicodeRanges.CjkSymbolsandPunctuation, UnicodeRanges.HalfwidthandFullwidthForms);
        settings.AllowCharacters(Punctuation);
        return JavaScriptEncoder.Create(settings);
    }
}
