using System.Net;
using CityPerception.Sources.Hj212;
using Microsoft.Extensions.Options;

namespace CityPerception.Hosting;

/// <summary>
/// Nothing is reachable from other machines without credentials. This version has none to give, so it listens on
/// loopback only, and a setting that asks for more stops the start instead of being obeyed or ignored.
/// </summary>
internal sealed class ListenGuard : IValidateOptions<HttpOptions>, IValidateOptions<MqttOptions>, IValidateOptions<Hj212Options>, IValidateOptions<SecurityOptions>
{
    public ValidateOptionsResult Validate(string? name, HttpOptions options) =>
        Check("Http:Url", options.Url, options.FindEndpoint()?.Address,
            "an address such as http://127.0.0.1:8080: http, an IP address or localhost, a port, and no path");

    public ValidateOptionsResult Validate(string? name, MqttOptions options) =>
        Check("Mqtt:Address", options.Address, options.FindAddress(), "an IP address such as 127.0.0.1");

    public ValidateOptionsResult Validate(string? name, Hj212Options options) =>
        Check("Hj212:Address", options.Address, options.FindAddress(), "an IP address such as 127.0.0.1");

    public ValidateOptionsResult Validate(string? name, SecurityOptions options) => options.Required
        ? ValidateOptionsResult.Fail(
            "Security:Required is true, but this version has no credentials yet that anybody could show: nobody would get in. "
            + "Leave it false and stay on loopback.\n"
            + "    本版本尚无任何凭据，开启 Security:Required 将拒绝所有访问。请保持 false，仅在本机使用。")
        : ValidateOptionsResult.Success;

    private static ValidateOptionsResult Check(string key, string value, IPAddress? address, string allowed)
    {
        if (address is null) return ValidateOptionsResult.Fail($"{key}: found '{value}'; allowed: {allowed}.");
        if (IPAddress.IsLoopback(address)) return ValidateOptionsResult.Success;
        return ValidateOptionsResult.Fail(
            $"{key} is {value}, which other machines can reach, but this version has no credentials yet: anybody could write and read. "
            + "Listen on 127.0.0.1, and let other machines in through an SSH tunnel, or a reverse proxy on this machine that authenticates them.\n"
            + $"    {key} 为 {value}，其他机器可以访问；而本版本尚无凭据，任何人都能读写，因此拒绝启动。"
            + "请改为 127.0.0.1，并通过 SSH 隧道或本机上带身份验证的反向代理对外提供访问。");
    }
}
