using System.Collections.Frozen;
using CityPerception.Core.Decoding.Hj212;
using CityPerception.Core.Decoding.Json;
using CityPerception.Core.Decoding.LineProtocol;
using CityPerception.Core.Decoding.SenMl;
using CityPerception.Core.Decoding.SenMlCbor;
using CityPerception.Core.Decoding.Sparkplug;
using CityPerception.Core.Decoding.Text;

namespace CityPerception.Core.Decoding;

/// <summary>Every decoder, by the name that source files use. A new one is a folder beside this file and a line here.</summary>
public static class Decoders
{
    public static FrozenDictionary<string, IDecoder> All { get; } = new IDecoder[]
    {
        new Hj212Decoder(),
        new JsonDecoder(),
        new LineProtocolDecoder(),
        new SenMlDecoder(),
        new SenMlCborDecoder(),
        new SparkplugDecoder(),
        new TextDecoder(),
    }.ToFrozenDictionary(d => d.Name);
}
