using System.ComponentModel.DataAnnotations;
using System.Net;
using Microsoft.Extensions.Options;

namespace CityPerception.Scoring;

/// <summary>A scorer of texts by HTTP, asked in place of the lexicon: docs/text.md has the contract.</summary>
internal sealed class ScorerOptions
{
    public const string Section = "Scorer";

    /// <summary>Where texts are posted to: https, or http within the own network. Without it the lexicon scores alone.</summary>
    public string Url { get; set; } = "";

    /// <summary>A file with a bearer token and nothing else, read again when it changes. Without it none is sent.</summary>
    public string? TokenFile { get; set; }

    /// <summary>So long a request may take, and its sender be held. Then the lexicon scores.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:00:30")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMilliseconds(300);

    /// <summary>So long a scorer that keeps failing is not asked.</summary>
    [Range(typeof(TimeSpan), "00:00:00.500", "01:00:00")]
    public TimeSpan BreakDuration { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>So many texts of a message are sent in a request; of more, further requests follow.</summary>
    [Range(1, 1000)]
    public int MaxTexts { get; set; } = 64;

    /// <summary>So many requests at a time; others wait, within their <see cref="Timeout"/>.</summary>
    [Range(1, 256)]
    public int Connections { get; set; } = 8;

    internal bool IsOn => Url.Length > 0;
}

[OptionsValidator]
internal sealed partial class ScorerOptionsValidator : IValidateOptions<ScorerOptions>;

/// <summary>What the attributes cannot say.</summary>
internal sealed class ScorerRules : IValidateOptions<ScorerOptions>
{
    // Private and link-local (RFC 1918, 3927, 4193, 4291).
    private static readonly IPNetwork[] OwnNetworks =
        [.. new[] { "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7", "fe80::/10" }.Select(IPNetwork.Parse)];

    public ValidateOptionsResult Validate(string? name, ScorerOptions options)
    {
        if (!options.IsOn) return ValidateOptionsResult.Success;
        string[] faults = [.. Faults(options)];
        return faults.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> Faults(ScorerOptions options)
    {
        // The value is not shown: it may hold a password.
        if (!Uri.TryCreate(options.Url, UriKind.Absolute, out Uri? url) || url.Scheme is not ("http" or "https") || url.UserInfo.Length > 0 || url.Fragment.Length > 0)
            yield return "Scorer:Url must be an address such as http://127.0.0.1:9000/score, without user and password; a token goes into the file that Scorer:TokenFile names. 须为不含用户名和密码的 http(s) 地址。";
        else if (url.Scheme == "http" && !IsOwnNetwork(url))
            yield return $"Scorer:Url goes to {url.Host} by http, and what residents write would travel in plain; allowed: https, or http to a loopback or private address or a name without dots. 公网地址须使用 https。";
        if (!string.IsNullOrEmpty(options.TokenFile) && ScorerToken.Read(options.TokenFile, out string? fault) is null) yield return $"Scorer:TokenFile: {fault}";
    }

    // A name without dots is one of the own network: another container, or a machine of the same domain.
    private static bool IsOwnNetwork(Uri url)
    {
        if (url.IsLoopback) return true;
        return IPAddress.TryParse(url.DnsSafeHost, out IPAddress? address)
            ? OwnNetworks.Any(n => n.Contains(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address))
            : !url.Host.Contains('.', StringComparison.Ordinal);
    }
}
