using System.Net;
using CityPerception.Sources.Hj212;
using Microsoft.Extensions.Options;

namespace CityPerception.Hosting;

/// <summary>
/// Nothing is reachable from other machines without credentials. MQTT and HTTP have them where
/// <see cref="SecurityOptions.Required"/> says so; HJ 212 has none to ask for yet, so it stays on loopback, and a setting
/// that asks for more stops the start instead of being obeyed or ignored.
/// </summary>
internal sealed class ListenGuard(IOptions<SecurityOptions> security) : IValidateOptions<HttpOptions>, IValidateOptions<MqttOptions>, IValidateOptions<Hj212Options>
{
    public ValidateOptionsResult Validate(string? name, HttpOptions options) =>
        Check("Http:Url", options.Url, options.FindEndpoint()?.Address,
            "an address such as http://127.0.0.1:8080: http, an IP address or localhost, a port, and no path") ?? WithCredentials(
            "Http:Url", options.Url, "Add people (cityperception user add) and keys (cityperception key add)", "请先添加用户（cityperception user add）和密钥（cityperception key add）");

    public ValidateOptionsResult Validate(string? name, MqttOptions options) =>
        Check("Mqtt:Address", options.Address, options.FindAddress(), "an IP address such as 127.0.0.1") ?? WithCredentials(
            "Mqtt:Address", options.Address, "Add devices (cityperception device add)", "请先登记设备（cityperception device add）");

    public ValidateOptionsResult Validate(string? name, Hj212Options options) =>
        Check("Hj212:Address", options.Address, options.FindAddress(), "an IP address such as 127.0.0.1") ?? OnLoopback("Hj212:Address", options.Address, "HJ 212");

    // Null: it is another machine's way in, and the caller's to judge.
    private static ValidateOptionsResult? Check(string key, string value, IPAddress? address, string allowed)
    {
        if (address is null) return ValidateOptionsResult.Fail($"{key}: found '{value}'; allowed: {allowed}.");
        return IPAddress.IsLoopback(address) ? ValidateOptionsResult.Success : null;
    }

    private ValidateOptionsResult WithCredentials(string key, string value, string add, string addInChinese) => security.Value.Required
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail(
            $"{key} is {value}, which other machines can reach, but no credentials are asked for: anybody could write and read. "
            + $"{add} and set Security:Required=true, or listen on 127.0.0.1.\n"
            + $"    {key} 为 {value}，其他机器可以访问，但未要求任何凭据，任何人都能读写，因此拒绝启动。"
            + $"{addInChinese}并设置 Security:Required=true，或改为 127.0.0.1。");

    private static ValidateOptionsResult OnLoopback(string key, string value, string protocol) => ValidateOptionsResult.Fail(
        $"{key} is {value}, which other machines can reach, but {protocol} has no credentials yet, with Security:Required neither: anybody could write and read. "
        + "Listen on 127.0.0.1, and let other machines in through an SSH tunnel, or a reverse proxy on this machine that authenticates them.\n"
        + $"    {key} 为 {value}，其他机器可以访问；而本版本尚无 {protocol} 的凭据（Security:Required 仅用于 MQTT 与 HTTP），任何人都能读写，因此拒绝启动。"
        + "请改为 127.0.0.1，并通过 SSH 隧道或本机上带身份验证的反向代理对外提供访问。");
}
