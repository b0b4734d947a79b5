using System.Text.Json;
using System.Text.Json.Nodes;
using CityPerception.Hosting;

namespace CityPerception.Installing;

/// <summary>
/// The settings of the installation: credentials are asked for, MQTT and HTTP come in by TLS, and everything else stays on
/// loopback. What else an administrator has written there stays.
/// </summary>
internal sealed class SettingsStep : IInitStep
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public async Task<InitDone> RunAsync(InitPlan plan, CancellationToken cancellationToken)
    {
        string file = Path.Combine(plan.DataDirectory, Settings.InstallationFileName);
        JsonObject settings = await ReadAsync(file, cancellationToken);
        Set(settings, SecurityOptions.Section, nameof(SecurityOptions.Required), true);
        Set(settings, MqttOptions.Section, nameof(MqttOptions.TlsAddress), plan.Address);
        Set(settings, HttpOptions.Section, nameof(HttpOptions.TlsAddress), plan.Address);
        Set(settings, TlsOptions.Section, nameof(TlsOptions.CertificateFile), Path.GetFullPath(plan.CertificateFile ?? plan.TlsFile(TlsStep.CertificateFile)));
        Set(settings, TlsOptions.Section, nameof(TlsOptions.KeyFile), Path.GetFullPath(plan.KeyFile ?? plan.TlsFile(TlsStep.KeyFile)));
        await OwnFiles.WriteAsync(file, settings.ToJsonString(Indented) + "\n", cancellationToken);
        return InitDone.Of($"Settings 设置: {Path.GetFullPath(file)}");
    }

    private static async Task<JsonObject> ReadAsync(string file, CancellationToken cancellationToken)
    {
        if (!File.Exists(file)) return [];
        try
        {
            return JsonNode.Parse(await File.ReadAllTextAsync(file, cancellationToken)) as JsonObject ?? throw new InitFaultException($"'{file}' is no JSON object. 设置文件须为 JSON 对象。");
        }
        catch (JsonException e)
        {
            throw new InitFaultException($"'{file}' is not valid JSON: {e.Message} 设置文件不是有效的 JSON。");
        }
    }

    private static void Set(JsonObject settings, string section, string name, JsonNode value)
    {
        if (settings[section] is not JsonObject part) settings[section] = part = [];
        part[name] = value;
    }
}
