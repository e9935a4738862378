return await BatchWorker.Cli.CommandLine.RunAsync(args, Console.Out, Console.Error);
