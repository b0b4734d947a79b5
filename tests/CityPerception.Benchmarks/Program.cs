if (args is ["connects", _, _, _, ..]) await CityPerception.Benchmarks.ConnectBench.RunAsync(args);
else BenchmarkDotNet.Running.BenchmarkSwitcher.FromAssembly(typeof(CityPerception.Benchmarks.DeviceBenchmarks).Assembly).Run(args);
