using System.Net;
using CityPerception.Sources.Hj212;
using Microsoft.Extensions.Options;

namespace CityPerception.Hosting;

/// <summary>
/// Nothing is reachable from other machines without credentials, which <see cref="SecurityOptions.Required"/> asks for; a
/// setting that would open more stops the start instead of being obeyed or ignored.
/// </summary>
internal sealed class ListenGuard(IOptions<SecurityOptions> security) : IValidateOptions<HttpOptions>, IValidateOptions<MqttOptions>, IValidateOptions<Hj212Options>
{
    private const string IpAddress = "an IP address such as 127.0.0.1";

    public ValidateOptionsResult Validate(string? name, HttpOptions options)
    {
        ValidateOptionsResult plain = OfHttp(
            "Http:Url", options.Url, options.FindEndpoint()?.Address, "an address such as http://127.0.0.1:8080: http, an IP address or localhost, a port, and no path");
        return plain.Failed || string.IsNullOrEmpty(options.TlsAddress) ? plain : OfHttp("Http:TlsAddress", options.TlsAddress, options.FindTlsAddress(), IpAddress);
    }

    private ValidateOptionsResult OfHttp(string key, string value, IPAddress? address, string allowed) =>
        Check(key, value, address, allowed) ?? WithCredentials(
            key, value, "Add people (cityperception user add) and keys (cityperception key add)", "请先添加用户（cityperception user add）和密钥（cityperception key add）");

    public ValidateOptionsResult Validate(string? name, MqttOptions options)
    {
        ValidateOptionsResult plain = OfMqtt("Mqtt:Address", options.Address, options.FindAddress());
        return plain.Failed || string.IsNullOrEmpty(options.TlsAddress) ? plain : OfMqtt("Mqtt:TlsAddress", options.TlsAddress, options.FindTlsAddress());
    }

    private ValidateOptionsResult OfMqtt(string key, string value, IPAddress? address) =>
        Check(key, value, address, IpAddress) ?? WithDevices(key, value);

    public ValidateOptionsResult Validate(string? name, Hj212Options options) =>
        Check("Hj212:Address", options.Address, options.FindAddress(), IpAddress) ?? WithDevices("Hj212:Address", options.Address);

    private ValidateOptionsResult WithDevices(string key, string value) =>
        WithCredentials(key, value, "Add devices (cityperception device add)", "请先登记设备（cityperception device add）");

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
}
